"""What other rooms may use of recorded prompts."""

from __future__ import annotations

from .service import Prompts, Use

__all__ = ["Prompts", "Use"]
