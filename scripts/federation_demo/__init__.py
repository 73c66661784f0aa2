"""What `scripts/demo_federation.py` is made of: nodes that are processes, what befalls them, who commands."""
