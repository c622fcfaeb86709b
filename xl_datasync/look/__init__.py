"""Looking without publishing: mappings, CSV exports, connections. Values first, then their lines."""
