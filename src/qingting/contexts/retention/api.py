"""What other rooms may use of retention."""

from . import erasures
from .erasures import Erased
from .holds import Covers, Holds
from .kinds import Erase, Find, Kind, Old, Page, Position, Tell
from .service import Retention

__all__ = [
    "Covers",
    "Erase",
    "Erased",
    "Find",
    "Holds",
    "Kind",
    "Old",
    "Page",
    "Position",
    "Retention",
    "Tell",
    "erasures",
]
