"""How long tests wait for what must come. On a busy machine all is slow; only what never comes takes so long."""

PATIENCE_S = 90.0
START_S = 300.0
"""For a whole centre, or a browser."""
