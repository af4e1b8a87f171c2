"""What other rooms may use of proofs."""

from __future__ import annotations

from .service import Outcome, Proofs

__all__ = ["Outcome", "Proofs"]
