"""Nodes and peers, signed packets in chained streams, signed documents. Knows no campaign and no figure: it moves typed frames."""
