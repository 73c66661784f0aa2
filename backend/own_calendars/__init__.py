"""Calendars that units make themselves. What a period means never changes; further periods may be added behind the last."""
