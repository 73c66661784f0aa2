"""Engine, session, naming rules and migrations: the ground everything stands on, for SQLite and PostgreSQL alike."""
