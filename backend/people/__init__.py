"""Persons, how they prove who they are, where they belong, what they may do and what they agreed to.

A person stays on this node. What is counted knows only a random subject key; the link from key to person is one row
here, and destroying it is erasure.
"""
