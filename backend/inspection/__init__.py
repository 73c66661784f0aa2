"""Inspection files: who may read what until when, and what was found."""
