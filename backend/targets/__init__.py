"""What a unit is to reach: target sets, and the three kinds of series beside them.

A plan's targets are kept as they were written, contradictions included. What the node counted (measured), what a unit says
of itself (declared) and what was taken over from elsewhere (official) never flow into each other.
"""
