"""One value of every command and event, made from its types: every field filled, none at its default."""

from __future__ import annotations

import types
import typing
from typing import Any, get_args, get_origin, get_type_hints

VALUES: dict[Any, Any] = {str: "文-1", float: 1.25, int: 3, bool: True}


def sample(kind: type[Any]) -> Any:
    return kind(**{name: _value(hint) for name, hint in get_type_hints(kind).items()})


def _value(hint: Any) -> Any:
    if hint in VALUES:
        return VALUES[hint]
    if hasattr(hint, "_fields"):
        return sample(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple and inner[-1] is ...:
        return (_value(inner[0]), _value(inner[0]))
    if origin is tuple:
        return tuple(_value(part) for part in inner)
    if origin in (typing.Union, types.UnionType):
        return _value(next(part for part in inner if part is not type(None)))
    raise TypeError(hint)
