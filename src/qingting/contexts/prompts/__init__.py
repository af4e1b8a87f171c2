"""Recorded prompts: what callers hear in a person's voice, in versions, with its text beside it."""
