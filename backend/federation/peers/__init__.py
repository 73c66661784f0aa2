"""Who this node talks to: enrolled out of band by two persons, one key at a time, for a subtree, from a day on."""
