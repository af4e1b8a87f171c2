"""What other rooms may use of self-service's figures."""

from .counting import Counting
from .graph import kinds_of
from .model import Kind
from .retention import kinds as retained
from .trajectory import at_a_glance, trajectory

__all__ = ["Counting", "Kind", "at_a_glance", "kinds_of", "retained", "trajectory"]
