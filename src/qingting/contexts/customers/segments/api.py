"""What `bootstrap` may use of segments and tags by rule."""

from __future__ import annotations

from .service import Renewals

__all__ = ["Renewals"]
