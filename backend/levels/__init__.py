"""The page of a level above: what communes told a province (or provinces the country), side by side, summed, accepted, given out.

Nothing here is counted: every figure is one that a unit below told, with what it kept back. A level that adds up says
"at least" and "at most" where something is hidden or missing, and never shows more than it was told.

shapes: what was told, as values. overview: who told, how complete, how timely. changes: what moved between revisions.
merging: the same figures over the units of today. board: like beside like. totals: sums with their bounds.
accepting: the second of two steps, and the stream that tells it down. publishing: the signed statement for everybody.
exchange: the same for DHIS2.
"""
