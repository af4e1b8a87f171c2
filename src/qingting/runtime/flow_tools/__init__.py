"""Flows as text: check one, walk through one, run the cases written beside one, compare two.

`qingting flow`, the configuration's `/flows/check` and publishing call these.
"""

from .cases import failing
from .publishing import compared, heard_at_once, tried
from .reading import publishable, read_flow
from .walking import Line, Transcript, run, run_text

__all__ = [
    "Line",
    "Transcript",
    "compared",
    "failing",
    "heard_at_once",
    "publishable",
    "read_flow",
    "run",
    "run_text",
    "tried",
]
