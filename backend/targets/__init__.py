"""What a unit is to reach: target sets, and the three kinds of series beside them."""
