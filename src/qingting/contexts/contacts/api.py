"""What other rooms may use of contacts."""

from .actions import forget, note, purge
from .counts import CustomerCounts, QueueToday, answered_today, counts, midnight, today
from .http import Neighbours
from .projection import Projection, progress
from .queries import recent
from .shown import Beside, item

__all__ = [
    "Beside",
    "CustomerCounts",
    "Neighbours",
    "Projection",
    "QueueToday",
    "answered_today",
    "counts",
    "forget",
    "item",
    "midnight",
    "note",
    "progress",
    "purge",
    "recent",
    "today",
]
