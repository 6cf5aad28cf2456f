"""Work that is kept, shared and interrupted: results, external tools, processes, a cluster."""
