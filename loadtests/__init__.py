"""Load on 127.0.0.1 only, bounded in time, always as ratios measured side by side in one run."""
