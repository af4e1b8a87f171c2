"""Rules of proofs: how long, how often."""

from __future__ import annotations

CODE_S = 300.0
"""A code is good for so long, once."""
CODE_TRIES = 3
"""Then another must be sent."""
CODES_MOST = 5
"""Sent about one subject in `CODES_S`."""
CODES_S = 3600.0
WRONG_MOST = 5
"""Wrong tries within `WRONG_S`; each further one locks again."""
WRONG_S = 86_400.0
LOCK_S = 1800.0
LISTED_MOST = 500


def wrong_until(tries: int, now: float) -> float:
    """Until when nobody may try again, after so many that were not right."""
    return now + LOCK_S if tries >= WRONG_MOST else 0.0
