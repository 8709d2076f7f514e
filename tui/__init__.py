"""The officer's screens and the command line."""
