"""What other rooms may use of webhooks."""

from __future__ import annotations

from .retention import kinds as retained
from .service import Allowed, Webhooks

__all__ = ["Allowed", "Webhooks", "retained"]
