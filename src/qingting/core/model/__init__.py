"""The state: what the core remembers. Plain records by id; everything else is an index over them.

Others read these records and never write them: they change by `apply(event)` alone. Fields that a snapshot
leaves out, because they can be rebuilt, are named as indexes.
"""

from .contacts import *
from .people import *
from .state import *
