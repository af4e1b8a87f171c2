"""A tenant's whole configuration as one text, in YAML: written from a view, read back into bodies with places.

    qingting: 1
    queues:
      sales: {name: 销售, requires: {sales: 1}}

By kind and id; what stands at its default is left out. Secrets, phones and people's accounts are not in it. A flow's
`text` is what callers meet when it is `published`; a `draft` is there only where it differs from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from qingting.core.model import SYSTEM_REASONS
from qingting.flow.tree import Items, Pairs, Problem, Scalar, Tree, problem
from qingting.yaml_tree import read_tree

from .fields import Body, Plain
from .schemas import KINDS, Flow
from .view import View

FORMAT = "1"
SIZE_MOST = 4 * 1024 * 1024
"""Characters."""
VALUES_MOST = 500_000
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
SETTINGS = "settings"


class Part(NamedTuple):
    """One configured thing of a document."""

    kind: str
    id: str
    body: Body
    at: Tree
    published: str | None = None
    """Of a flow: the text that callers are to meet."""


# --- writing -------------------------------------------------------------------------------------------------


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """What has nothing in it but plain values stands on one line."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> Any:
        node = super().represent_mapping(tag, mapping, flow_style)
        if any(value.style == "|" for _, value in node.value if isinstance(value, yaml.ScalarNode)):
            node.flow_style = False
        return node


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def written(view: View, published: Mapping[str, str]) -> str:
    """`published`: the newest published text by flow."""
    out: dict[str, Any] = {"qingting": int(FORMAT)}
    for kind in KINDS:
        if kind == SETTINGS:
            out[kind] = _plain(view.settings.body)
        elif view.of(kind):
            out[kind] = {id: _plain(item.body) for id, item in sorted(view.of(kind).items())}
    for id, flow in out.get("flows", {}).items():
        draft = flow.pop("text", "")
        text = published.get(id)
        flow |= {"published": text is not None, "text": draft if text is None else text}
        if text is not None and draft != text:
            flow["draft"] = draft
    return str(
        yaml.dump(out, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None)
    )


def _plain(body: Body) -> dict[str, Any]:
    return body.model_dump(mode="json", by_alias=True, exclude_defaults=True)


# --- reading -------------------------------------------------------------------------------------------------


def read(text: str) -> tuple[list[Part], list[Problem]]:
    """What it says, in an order in which what is referred to comes first, and what is wrong with it by itself."""
    tree, problems = read_tree(text, SIZE_MOST, VALUES_MOST)
    if tree is None:
        return [], problems
    if not isinstance(tree, Pairs):
        return [], [problem(tree, "document.bad_shape", "a document is a map of kinds")]
    parts: list[Part] = []
    kinds = {key.text: (key, value) for key, value in tree.pairs}
    version = kinds.pop("qingting", None)
    if version is None or not isinstance(version[1], Scalar) or version[1].text != FORMAT:
        at = tree if version is None else version[1]
        problems.append(problem(at, "document.bad_format", f"a document begins with `qingting: {FORMAT}`"))
    for kind in KINDS:
        if kind in kinds:
            _kind(kind, kinds.pop(kind)[1], parts, problems)
    for key, _ in kinds.values():
        problems.append(problem(key, "document.unknown_kind", f"{key.text[:40]!r} is none of {', '.join(KINDS)}"))
    return parts, problems


def _kind(kind: str, tree: Tree, parts: list[Part], problems: list[Problem]) -> None:
    if not isinstance(tree, Pairs):
        problems.append(problem(tree, "document.bad_shape", f"{kind} is a map"))
        return
    if kind == SETTINGS:
        _part(kind, SETTINGS, tree, parts, problems)
        return
    for key, value in tree.pairs:
        if ID.fullmatch(key.text) is None:
            problems.append(problem(key, "id.bad", "an id is small letters, digits, - and _, at most 40"))
        elif kind == "reasons" and key.text in SYSTEM_REASONS:
            problems.append(problem(key, "id.reserved", f"{key.text} is the system's own"))
        elif not isinstance(value, Pairs):
            problems.append(problem(value, "document.bad_shape", f"{key.text} is a map"))
        else:
            _part(kind, key.text, value, parts, problems)


def _part(kind: str, id: str, tree: Pairs, parts: list[Part], problems: list[Problem]) -> None:
    try:
        values = plain(tree)
        published = _published(values) if kind == "flows" else None
        body = KINDS[kind].model_validate(values)
    except ValidationError as error:
        problems.extend(problem(place(tree, each["loc"]), each["type"], each["msg"]) for each in error.errors())
    else:
        parts.append(Part(kind, id, body, tree, published))


def _published(values: dict[str, Any]) -> str | None:
    """Takes out what is no field of a flow. What it leaves in, the flow's own fields refuse."""
    said = values.get("published")
    if said not in ("true", "false", "yes", "no"):
        return None
    del values["published"]
    text = values.get("text")
    if said in ("false", "no") or not isinstance(text, str):
        return None
    if "draft" in values:
        values["text"] = values.pop("draft")
    # The same bounds hold for what is met as for what is written.
    return Flow.model_validate({"name": "-", "text": str(text)}).text


def plain(tree: Tree) -> Any:
    match tree:
        case Scalar(text=text, quoted=quoted):
            return text if quoted else Plain(text)
        case Items(items=items):
            return [plain(each) for each in items]
        case Pairs(pairs=pairs):
            return {key.text: plain(value) for key, value in pairs}


def place(tree: Tree, path: Iterable[str | int]) -> Tree:
    """Where a field stands, or what it would stand in; what no text has (`[key]`, a union's types) is passed over."""
    here = tree
    for name in path:
        if isinstance(tree, Pairs):
            for key, value in tree.pairs:
                if key.text == str(name):
                    here, tree = key, value
                    break
        elif isinstance(tree, Items) and str(name).isdigit() and int(name) < len(tree.items):
            here = tree = tree.items[int(name)]
        elif isinstance(tree, Items):  # ids in lists stand in paths by themselves
            here = next((each for each in tree.items if isinstance(each, Scalar) and each.text == name), here)
    return here
