"""Each key that a leg presses, once.

A key that follows the one before too closely (one that is keyed quickly, or many that come at once after the line or
the engine stood still) the engine puts off until that one's tone has lasted long enough. It tells of its end both
when it comes and when it is taken up again, and both times look the same: who counts ends hears such a key twice. Its
beginning is told once. So beginnings count; ends count only on a leg that tells of no beginning (SIP INFO has none).
"""

from __future__ import annotations

_SHORTEST_MS = 80
_GAP_MS = 45
"""How long the engine makes a tone last at least, and the silence after it (its channel.c)."""
_LATE_MS = 15
"""It looks at each frame of 20 ms."""


class Keys:
    """Of one leg."""

    __slots__ = ("_begins", "_ended", "_until")

    def __init__(self) -> None:
        self._begins = False
        self._ended: tuple[str, int] | None = None
        self._until = 0.0

    def begins(self) -> bool:
        """Whether it counts: always."""
        self._begins = True
        return True

    def ends(self, key: str, lasted_ms: int, now: float) -> bool:
        """Whether it counts. `now` in seconds of any clock that only goes forward."""
        if self._begins:
            return False
        again = self._ended == (key, lasted_ms) and now < self._until
        self._ended = None if again else (key, lasted_ms)
        self._until = now + (max(lasted_ms, _SHORTEST_MS) + _GAP_MS + _LATE_MS) / 1000
        return not again
