"""From a dialled number or a page to the tenant, flow and language that serve it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from qingting import numbers

from .schemas import EntryPoint
from .view import View


class Entry(NamedTuple):
    tenant: str
    entry: str
    name: str
    line: str
    flow: str
    version: int
    """Of the flow, the published one of now: a call keeps it to its end."""
    language: str
    site: str
    title: dict[str, str]


class EntryIndex:
    def __init__(self, views: Iterable[View]) -> None:
        self._by_key: dict[tuple[str, str], list[tuple[Entry, tuple[str, ...]]]] = defaultdict(list)
        for view in views:
            for item in view.entry_points.values():
                if item.body.enabled and view.published.get(item.body.flow):
                    entry = _entry(view, item.id, item.body)
                    self._by_key[item.body.kind, item.body.key].append((entry, tuple(item.body.localities)))

    def resolve(self, kind: str, key: str, caller: str) -> Entry | None:
        """The entry whose area fits the caller best (longest prefix), else the one for everybody."""
        best: Entry | None = None
        best_fit = -1
        for entry, localities in self._by_key.get((kind, key), ()):
            fit = 0
            if localities:
                fit = max((numbers.match_locality(caller, area) for area in localities), default=0) if caller else 0
                fit = fit or -1
            if fit > best_fit:
                best, best_fit = entry, fit
        return best


def entry_sites(view: View) -> set[str]:
    """Sites to which contacts come."""
    return {_site(view, item.body) for item in view.entry_points.values() if item.body.enabled}


def _site(view: View, body: EntryPoint) -> str:
    return body.site or next(iter(sorted(view.sites)), "")


def _entry(view: View, id: str, body: EntryPoint) -> Entry:
    site = _site(view, body)
    title = {"zh": body.title.zh or body.name, "en": body.title.en or body.name}
    version = view.published[body.flow]
    return Entry(view.tenant, id, body.name, body.line, body.flow, version, body.language, site, title)
