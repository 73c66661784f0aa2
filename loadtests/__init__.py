"""`make bench`: what the house costs and carries, as ratios taken side by side in one run. See RESULTS.md."""
