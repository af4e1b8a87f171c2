"""What other rooms may use of contacts."""

from .actions import forget, note
from .counts import CustomerCounts, QueueToday, answered_today, counts, counts_by_number, midnight, today
from .http import Neighbours
from .projection import Projection, progress
from .queries import Step, each_path, entry_of_arrival, recent
from .retention import keep_to_retention, purge
from .shown import Beside, item
from .why import duration, in_words

__all__ = [
    "Beside",
    "CustomerCounts",
    "Neighbours",
    "Projection",
    "QueueToday",
    "Step",
    "answered_today",
    "counts",
    "counts_by_number",
    "duration",
    "each_path",
    "entry_of_arrival",
    "forget",
    "in_words",
    "item",
    "keep_to_retention",
    "midnight",
    "note",
    "progress",
    "purge",
    "recent",
    "today",
]
