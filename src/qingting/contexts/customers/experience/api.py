"""What other rooms may use of the experience line: what keeps it, and the shape of one more source."""

from .keeping import Experience
from .model import Point, Reason
from .sources import Asked, Person, Source

__all__ = ["Asked", "Experience", "Person", "Point", "Reason", "Source"]
