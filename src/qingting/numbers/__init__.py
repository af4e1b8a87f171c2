"""Phone numbers, and where they are from: `from qingting import numbers`."""

from .e164 import MOST, area_prefix, dialled, for_trunk, load, locality, masked, match_locality, national, to_e164

__all__ = [
    "MOST",
    "area_prefix",
    "dialled",
    "for_trunk",
    "load",
    "locality",
    "masked",
    "match_locality",
    "national",
    "to_e164",
]
