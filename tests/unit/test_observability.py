"""Logs are structured and carry no personal data; metrics are counted and shown."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from qingting import observability as o

Written = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[Written]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    o.configure_logging("info", json=True, stream=out)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    o.configure_logging("debug")
    root.handlers[:] = handlers
    root.setLevel(level)


def test_both_kinds_of_loggers_write_one_form(written: Written) -> None:
    structlog.get_logger("qingting.x").info("call.arrived", contact="c-1", seconds=1.5)
    logging.getLogger("library").warning("%s went %s", "something", "wrong")
    structlog.get_logger("qingting.x").debug("not shown")
    ours, theirs = written()
    assert ours["event"] == "call.arrived"
    assert (ours["contact"], ours["seconds"], ours["level"]) == ("c-1", 1.5, "info")
    assert ours["logger"] == "qingting.x"
    assert ours["timestamp"].endswith("Z")
    assert theirs["event"] == "something went wrong"
    assert theirs["level"] == "warning"


def test_context_goes_along(written: Written) -> None:
    with structlog.contextvars.bound_contextvars(reference="r-1", tenant="acme"):
        structlog.get_logger("qingting.x").info("refused")
    (line,) = written()
    assert (line["reference"], line["tenant"]) == ("r-1", "acme")


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("caller", "+8613800138000", "[14]"),
        ("customer_name", "李雷", "[2]"),
        ("name", "李雷", "[2]"),
        ("note", "wants a refund", "[14]"),
        ("mail", "li@example.cn", "[13]"),
        ("number", 13800138000, "[personal]"),
        ("password", "hunter2", "[secret]"),
        ("api_token", "qt_abc", "[secret]"),
        ("sip_secret", "xyz", "[secret]"),
        ("PIN", "1234", "[secret]"),
        ("contact", "01hzy3v5k2p9f7m8t6x4c3b2a1", "01hzy3v5k2p9f7m8t6x4c3b2a1"),
        ("why", "no route to +86 138 0013 8000 found", "no route to [number] found"),
        ("why", "took 12.5 s at 2026-01-02 03:04", "took 12.5 s at 2026-01-02 03:04"),
        ("detail", {"number": "110", "queue": "q1"}, {"number": "[3]", "queue": "q1"}),
        ("calls", ["13800138000", "q1"], ["[number]", "q1"]),
        ("seq", 13800138000, 13800138000),
    ],
)
def test_personal_and_secret_values_stay_out(written: Written, field: str, value: Any, shown: Any) -> None:
    structlog.get_logger("qingting.x").info("something", **{field: value})
    assert written()[0][field] == shown


def test_exceptions_and_free_words_of_libraries_too(written: Written) -> None:
    try:
        raise ValueError("cannot dial 13800138000")
    except ValueError:
        logging.getLogger("library").exception("call to 13800138000 failed")
    (line,) = written()
    assert "13800138000" not in json.dumps(line)
    assert "ValueError: cannot dial [number]" in line["exception"]


def test_the_console_form_is_for_people() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    o.configure_logging("info", json=False, stream=out)
    structlog.get_logger("qingting.x").warning("disk.low", free_mb=12, caller="+8613800138000")
    o.configure_logging("debug")
    root.handlers[:] = handlers
    root.setLevel(level)
    assert "disk.low" in out.getvalue()
    assert "free_mb=12" in out.getvalue()
    assert "13800138000" not in out.getvalue()


def test_metrics_are_shown() -> None:
    before = o.registry.get_sample_value("qingting_refused_total", {"code": "visit.unknown"}) or 0
    o.refused.labels("visit.unknown").inc()
    body, content_type = o.exposition()
    assert content_type.startswith("text/plain")
    assert f'qingting_refused_total{{code="visit.unknown"}} {before + 1}'.encode() in body
    assert b"process_resident_memory_bytes" in body


async def test_the_loops_lag_is_seen() -> None:
    task = asyncio.create_task(o.watch_loop(every_s=0.001, window=1000))
    await asyncio.sleep(0.01)
    blocked = asyncio.get_running_loop().time() + 0.2
    while asyncio.get_running_loop().time() < blocked:
        pass
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (o.registry.get_sample_value("qingting_loop_lag_seconds") or 0) > 0.1
