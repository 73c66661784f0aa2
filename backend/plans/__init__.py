"""Which documents a unit works by, and what they ask of whom until when.

A document is known by who issued it, its number and its date together: the same number of another day is another one.
Its tasks come from a list with a preview, or one by one; what a list does not mention stays as it is.
"""
