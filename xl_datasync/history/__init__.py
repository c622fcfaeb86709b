"""What is remembered on this computer: records of runs, backups of datasets, and who is at work on one right now.

Nothing here ever sees a sign-in.
"""
