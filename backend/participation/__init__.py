"""THE LEDGER: operations (what somebody did once) and facts (what of it counts). Rows are added, never changed.

A correction reverses a fact, once, and its replacement takes the next generation. Counted once is a constraint.
"""
