"""Indicators and the scorecards of units. A card is the unit's; no person ever gets a computed score."""
