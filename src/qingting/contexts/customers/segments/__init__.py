"""Who fits a rule: segments, and tags by rule or by computation."""
