"""What `bootstrap` may use of imports."""

from __future__ import annotations

from .retention import kinds as retained
from .service import Imports, forget

__all__ = ["Imports", "forget", "retained"]
