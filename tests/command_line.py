"""The command line without a process of its own, whose imports would take most of the time.

`main` is all that `python -m qingting` calls; that it does is tried where a centre runs, and once for `explain`.
"""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from qingting.cli import main


class Ran(NamedTuple):
    returned: int
    stdout: str
    stderr: str


def command_line(*arguments: str) -> Ran:
    """One at a time: both streams are the whole process's."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        returned = main(arguments)
    return Ran(returned, out.getvalue(), err.getvalue())
