"""Scorecards of units and periods: templates, points, revisions that can be reproduced, appeals."""
