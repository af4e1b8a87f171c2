"""What each event changes, one file a subject. Nothing is judged here: the tables of `lifecycle` only make sure of
the order. `APPLY` of each file names its functions by the kind of event; `core/apply.py` brings them together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..model import State

Apply = dict[type, Callable[[State, Any], None]]
