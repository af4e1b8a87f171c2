"""What may be asked of the decision core.

Every command is a plain immutable tuple of standard values. It carries every id that the decision may
need, because the core makes none; the instant arrives beside it (`Engine.decide(command, now)`).
No command carries personal data: a caller is a reference (`party`) into the journal's erasable table.
An illegal command raises `Refused` with a stable code and leaves the state as it was.

Durations are seconds (`float`), instants are seconds since the epoch, UTC.
"""

from typing import NamedTuple

from ..values import *
from .agents import *
from .agents import OfAgents
from .assignments import *
from .assignments import OfAssignments
from .company import *
from .company import InCompany
from .configuration import *
from .configuration import Configuring
from .contacts import *
from .contacts import OfContacts
from .later import *
from .later import Later


class Tick(NamedTuple):
    """The deadline that `next_deadline()` named has come."""


Command = Configuring | OfAgents | OfContacts | OfAssignments | Later | InCompany | Tick
