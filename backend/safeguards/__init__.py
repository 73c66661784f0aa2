"""The audit trail of writes and sensitive reads, and the limits that keep a guesser slow."""
