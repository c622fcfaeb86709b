"""The commands of the command line, by what they are for. They hold no rule: each asks and shows."""
