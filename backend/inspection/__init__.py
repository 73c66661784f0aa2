"""Inspection and supervision: a file says what is inspected, why, by whom and until when; a finding rests on a figure.

An inspector reads what a running file covers and changes nothing. Every reading is written down with the file's number and
shown to the head of the unit. After its last day a file opens nothing any more.
"""
