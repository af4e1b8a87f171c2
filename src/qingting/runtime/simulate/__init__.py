"""Generated days for the decision core: a scenario, its people and callers, and what came of it."""
