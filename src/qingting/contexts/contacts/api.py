"""What other rooms may use of contacts."""

from .actions import note
from .codes import MEDIA, OUTCOMES, Both
from .counted import What, Which, concluded, contacts_with, is_a, transfers, waited
from .counts import CustomerCounts, QueueToday, answered_today, counts, counts_by_number, last_agents, midnight, today
from .course import Course
from .erasure import Held, forget, held_of, refs_of
from .experienced import Experienced, ever_came, experienced, numbers_between, numbers_of
from .http import Neighbours
from .of_customer import contacts_of, dialogues_of, latest, numbers_since, open_requests, requests_of
from .projection import Ended, Over, Projection, progress
from .queries import Passed, Step, each_path, entry_of_arrival, passed, recent
from .references import dialogue_of
from .relaxing import eased
from .retention import held_with, in_touch
from .retention import kinds as retained
from .shown import Beside, called, item
from .story import Names
from .why import chosen, duration, in_words

__all__ = [
    "MEDIA",
    "OUTCOMES",
    "Beside",
    "Both",
    "Course",
    "CustomerCounts",
    "Ended",
    "Experienced",
    "Held",
    "Names",
    "Neighbours",
    "Over",
    "Passed",
    "Projection",
    "QueueToday",
    "Step",
    "What",
    "Which",
    "answered_today",
    "called",
    "chosen",
    "concluded",
    "contacts_of",
    "contacts_with",
    "counts",
    "counts_by_number",
    "dialogue_of",
    "dialogues_of",
    "duration",
    "each_path",
    "eased",
    "entry_of_arrival",
    "ever_came",
    "experienced",
    "forget",
    "held_of",
    "held_with",
    "in_touch",
    "in_words",
    "is_a",
    "item",
    "last_agents",
    "latest",
    "midnight",
    "note",
    "numbers_between",
    "numbers_of",
    "numbers_since",
    "open_requests",
    "passed",
    "progress",
    "recent",
    "refs_of",
    "requests_of",
    "retained",
    "today",
    "transfers",
    "waited",
]
