"""Rankings of persons. A rank is read from a histogram of levels, never by counting everybody who did better."""
