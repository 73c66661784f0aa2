"""Community digital teams, the households they look after, and who is responsible for which on which day."""
