"""Values in, values out: no network, clock, Excel or window in here.

Each module imports only those named before it: errors, values, dataset, connection, delivery, mapping, jobs,
conversion, checks, plan, report.
"""
