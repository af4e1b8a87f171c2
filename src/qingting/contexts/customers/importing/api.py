"""What `bootstrap` may use of imports."""

from __future__ import annotations

from .service import Imports

__all__ = ["Imports"]
