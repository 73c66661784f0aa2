"""The audit trail of writes and sensitive reads, the limits that keep a guesser slow, and the node's signature."""
