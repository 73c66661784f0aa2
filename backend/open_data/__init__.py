"""Which units give their published figures to everybody. A unit chooses; until it has chosen, nothing is given."""
