"""Numbered, chained, signed packets between two nodes, over the wire or as a file, answered by signed receipts."""
