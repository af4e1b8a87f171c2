"""What happened: the only way the core's state changes, and what every reader of the journal folds.

`at` is the instant of the decision. A tuple's fields are its wire form: new fields go to the end with a
default, anything else is a new kind with an upcaster (`journal/upcast.py`). Ids are those of the commands;
an assignment's is `<visit>/<n>`, n counting the offers of that visit from 1.
"""

from typing import NamedTuple

from .agents import *
from .agents import OfAgents
from .assignments import *
from .assignments import OfAssignments
from .company import *
from .company import InCompany
from .configuration import *
from .configuration import Configured
from .contacts import *
from .contacts import OfContacts
from .later import *
from .later import Later


class DayBegan(NamedTuple):
    """Agents' counts of the day begin anew."""

    at: float


class Ticked(NamedTuple):
    """A deadline passed that changed nothing else; it must be an event, or the deadline would never advance."""

    at: float


Event = Configured | OfAgents | OfContacts | OfAssignments | Later | InCompany | DayBegan | Ticked
