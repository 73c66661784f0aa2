"""Units are dated: names, parents and headcounts each carry the days on which they hold. Codes are never reused.

Several trees (territory, Party, Front, Youth) share the same units and meet at the commune.
"""
