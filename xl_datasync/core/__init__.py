"""Values in, values out: no network, clock, Excel or window in here.

Each module imports only those named before it: errors, values, problems, links, names, dataset, connection, delivery,
options, identifiers, csv_text, mapping, jobs, conversion, checks, plan, report, report_text, report_json.
"""
