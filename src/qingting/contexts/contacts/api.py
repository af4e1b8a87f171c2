"""What other rooms may use of contacts."""

from .actions import forget, note
from .codes import MEDIA, OUTCOMES, Both
from .counts import CustomerCounts, QueueToday, answered_today, counts, counts_by_number, midnight, today
from .course import Course, Names
from .http import Neighbours
from .projection import Projection, progress
from .queries import Step, each_path, entry_of_arrival, recent
from .retention import keep_to_retention, purge
from .shown import Beside, called, item
from .why import chosen, duration, in_words

__all__ = [
    "MEDIA",
    "OUTCOMES",
    "Beside",
    "Both",
    "Course",
    "CustomerCounts",
    "Names",
    "Neighbours",
    "Projection",
    "QueueToday",
    "Step",
    "answered_today",
    "called",
    "chosen",
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
