"""The only wiring: which part is given to which. `serve` runs a whole centre in this process."""

from .edge import app
from .house import House

__all__ = ["House", "app"]
