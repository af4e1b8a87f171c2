"""Who is a VIP: one rule, by which the desk marks them and rules of routing serve them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

ATTRIBUTE, YES = "vip", "yes"


def is_vip(attributes: Mapping[str, str | float], tags: Iterable[str], vip_tags: Collection[str]) -> bool:
    """Said by hand, or by a tag that the tenant has chosen for it."""
    return attributes.get(ATTRIBUTE) == YES or any(tag in vip_tags for tag in tags)


def told(attributes: Mapping[str, str | float], vip: bool) -> dict[str, str | float]:
    """What rules of routing may ask for: they find `vip` where, and only where, the desk shows it."""
    rest = {name: value for name, value in attributes.items() if name != ATTRIBUTE}
    return rest | {ATTRIBUTE: YES} if vip else rest
