"""Exchange: import and export with their formats, and the command line."""
