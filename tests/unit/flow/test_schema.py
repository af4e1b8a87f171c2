"""The schema says what the builder takes: each kind and field, the needed ones, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from qingting.flow.build import KINDS, TOP
from qingting.flow.reading import KINDS as SPOKEN
from qingting.flow.schema import schema
from qingting.runtime.flow_tools import read_flow

SCHEMA = schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
BESIDE = ("say", "set", "call", "goal")
"""Kinds whose fields stand beside their word."""
PLAIN = ("branch",)
"""Kinds whose body is no mapping."""


def problems_of(node: dict[str, Any]) -> list[str]:
    flow = {"languages": ["zh"], "nodes": {"a": node}}
    return [each.message for each in read_flow(yaml.safe_dump(flow, allow_unicode=True))[1]]


def fields_of(kind: str) -> tuple[set[str], set[str]]:
    """Known and needed, as the builder says them when asked for what it does not know."""
    strange = {"strange": 1}
    node = {kind: "x", **strange} if kind in BESIDE else {kind: strange}
    told = problems_of(node)
    known = next(re.search(r"has no field 'strange': (.*)", each) for each in told if "'strange'" in each)
    assert known is not None
    needed = {found[1] for each in told if (found := re.search(r"^(?:an? \w+|hours|node 'a') needs '(\w+)'", each))}
    return set(known[1].split(", ")), needed


def mapping_in(body: dict[str, Any]) -> dict[str, Any]:
    bodies = body.get("anyOf", [body])
    return next(each for each in bodies if each.get("type") == "object")


def test_top_and_kinds_are_the_builders() -> None:
    assert tuple(SCHEMA["properties"]) == TOP
    nodes = SCHEMA["properties"]["nodes"]["additionalProperties"]["oneOf"]
    assert [each["$ref"] for each in nodes] == [f"#/$defs/node-{kind}" for kind in KINDS]
    VALIDATOR.check_schema(SCHEMA)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in PLAIN])
def test_fields_are_the_builders(kind: str) -> None:
    known, needed = fields_of(kind)
    node = SCHEMA["$defs"][f"node-{kind}"]
    if kind in BESIDE:
        assert set(node["properties"]) == known
        assert set(node["required"]) == needed | {kind}
        return
    body = mapping_in(node["properties"][kind])
    assert set(body["properties"]) == known
    extra = {
        "send": {"subject"},
        "lookup": {"failed"},
        "do": {"failed"},
        "verify": {"failed", "service", "path"},
    }.get(kind, set())
    # what is needed only where no person is named, or by some values of another field
    assert needed - extra <= set(body.get("required", ())) <= needed | extra


def test_samples_are_valid() -> None:
    for file in Path("flows").glob("*.yaml"):
        if not file.name.endswith(".cases.yaml"):
            assert not [error.message for error in VALIDATOR.iter_errors(written(file.read_text()))], file


@pytest.mark.parametrize("kind", [*SPOKEN, "money:USD"])
def test_a_value_is_spoken_as_each_of_its_kinds(kind: str) -> None:
    node = {"say": [{"value": "day", "as": kind}, f"{{day:{kind}}}"], "next": "a"}
    flow = {"languages": ["zh"], "facts": ["day"], "nodes": {"a": node}}
    assert VALIDATOR.is_valid(flow)
    assert "flow.bad_value" not in [each.code for each in read_flow(yaml.safe_dump(flow))[1]]


class Editor(yaml.SafeLoader):
    """YAML 1.2, as editors read it: `yes` and `no` are texts."""


Editor.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith(":bool") or first in "tTfF"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def written(text: str) -> Any:
    """Keys of mappings are texts in JSON."""
    return texts(yaml.load(text, Editor))


def texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): texts(each) for key, each in value.items()}
    return [texts(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "node",
    [
        {"menu": {"say": "请", "keys": {"11": "a"}}},
        {"menu": {"say": "请", "keys": {"1": "a"}, "repeat": 9}},
        {"ask": {"say": "请", "as": "song", "into": "x", "next": "a"}},
        {"say": "好"},
        {"say": {"value": "x", "as": "colour"}, "next": "a"},
        {"sing": "loud"},
        {"hangup": None, "queue": "x"},
        {"lookup": {"service": "s", "path": "nowhere", "found": "a", "missing": "a"}},
        {"branch": [{"to": "a"}]},
        {"goal": "x", "next": "a", "kind": "sale"},
    ],
)
def test_what_the_builder_refuses_is_not_valid(node: dict[str, Any]) -> None:
    assert problems_of(node)
    assert not VALIDATOR.is_valid({"languages": ["zh"], "nodes": {"a": node}})
