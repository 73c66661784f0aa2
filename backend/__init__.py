"""The node: all that is true whatever the campaign. Read it bottom-up: it is the story of a fact becoming a score."""
