"""Calendars and their periods, in the shape of DHIS2 codes. Pure."""
