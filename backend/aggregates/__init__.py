"""What a unit tells the level above: figures with small numbers hidden at the source, and what others told this node."""
