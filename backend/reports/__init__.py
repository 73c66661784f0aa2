"""Reports: who owes which one to whom and when, how one is written, and the way it goes from hand to hand.

A report is drafted, reviewed, signed, numbered, sent, and received or returned by different people. Its figures are read
from below; nobody types a figure that was measured.
"""
