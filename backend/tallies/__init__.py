"""The ledger folded into counts. Everything here can be thrown away and rebuilt to the same digit."""
