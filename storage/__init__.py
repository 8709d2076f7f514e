"""One SQLite file per desk, and how desks meet."""
