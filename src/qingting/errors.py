"""The one tree of errors that people may see.

QingtingError            code, message, retryable
├── Refused              the core or an action says no; nothing changed   (409, or what `web/errors.py` maps)
├── NotFound             no such thing in this tenant and scope           (404)
├── NotAllowed           signed in, but not for this                      (403)
├── NotSignedIn          nobody, or a session that has ended              (401)
├── Invalid              input that no rule accepts; `detail` says where  (422)
├── TooMany              a limit of rate or size                          (429)
└── Unavailable          a part is down: journal, engine, mail            (503, retryable)

Codes are stable words with dots (`visit.unknown`, `sign_in.locked`); pages translate them, `message` is the
English for logs and the API. HTTP status codes are known to `web/errors.py` only.
"""

from __future__ import annotations

from typing import Any


class QingtingError(Exception):
    retryable = False

    def __init__(self, code: str, message: str = "", **detail: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message or code.replace("_", " ").replace(".", ": ")
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Refused(QingtingError):
    pass


class NotFound(QingtingError):
    pass


class NotAllowed(QingtingError):
    pass


class NotSignedIn(QingtingError):
    pass


class Invalid(QingtingError):
    pass


class TooMany(QingtingError):
    retryable = True


class Unavailable(QingtingError):
    retryable = True
