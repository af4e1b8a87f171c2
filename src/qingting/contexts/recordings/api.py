"""What others may use of recordings.

A call's side: `recording_id(assignment)`; `begin` in a transaction of its own before the engine is asked to
write to `Recordings.paths(id)`; `pause`, `resume`; `finish` (or `fail`) when the engine tells that it has
ended, then `Recordings.wake()`. Readers: `of_contact`, `by_id`, `states`. A message that a customer spoke is
a recording without an assignment. Facts on stream `recordings`:
`RecordingReady {recording, contact, seconds}`, `RecordingFailed {…, code}`, `RecordingPurged`.
"""

from .actions import Lost, begin, fail, finish, lose_unfinished, pause, recording_id, resume
from .queries import by_id, of_contact, states
from .removing import remove_of
from .retention import kinds as retained
from .service import Recordings
from .sweep import Spool

__all__ = [
    "Lost",
    "Recordings",
    "Spool",
    "begin",
    "by_id",
    "fail",
    "finish",
    "lose_unfinished",
    "of_contact",
    "pause",
    "recording_id",
    "remove_of",
    "resume",
    "retained",
    "states",
]
