"""What operators see: structured logs without personal data, and the metrics behind `/metrics`.

Metrics are declared here and counted where things happen. Labels come from closed sets (kinds, codes), never
from input.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

# --- metrics ---------------------------------------------------------------------------------------------

registry = CollectorRegistry()
ProcessCollector(registry=registry)
PlatformCollector(registry=registry)

entries = Counter("qingting_journal_entries", "Commands made durable", ["stream"], registry=registry)
events = Counter("qingting_journal_events", "Events made durable", ["stream"], registry=registry)
refused = Counter("qingting_refused", "Commands and requests refused", ["code"], registry=registry)
commit_seconds = Histogram(
    "qingting_journal_commit_seconds",
    "From handing a batch to the journal until it is durable",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
    registry=registry,
)
journal_failed = Gauge(
    "qingting_journal_failed", "1 while a tenant's leader has stopped for its journal", ["tenant"], registry=registry
)
snapshots = Counter("qingting_snapshots", "Snapshots written", ["result"], registry=registry)
relayed = Counter("qingting_outbox_relayed", "Facts of contexts appended to their streams", registry=registry)
across_sites = Counter(
    "qingting_calls_across_sites",
    "Contacts answered by an agent of another site than theirs",
    ["from_site", "to_site"],
    registry=registry,
)
services = Counter(
    "qingting_service_requests",
    "Requests of self-service to other systems, by what came of them",
    ["tenant", "service", "outcome"],
    registry=registry,
)
service_seconds = Histogram(
    "qingting_service_seconds",
    "How long customers waited for another system, tries again included",
    ["tenant", "service"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 4, 10, 20),
    registry=registry,
)
loop_lag = Gauge("qingting_loop_lag_seconds", "Worst delay of the event loop in the last seconds", registry=registry)


def exposition() -> tuple[bytes, str]:
    """Body and content type of `/metrics`."""
    return generate_latest(registry), CONTENT_TYPE_LATEST


async def watch_loop(every_s: float = 0.1, window: int = 50) -> None:
    """Runs until cancelled; the gauge shows the worst of the last `window` looks."""
    loop = asyncio.get_running_loop()
    lags: list[float] = []
    while True:
        due = loop.time() + every_s
        await asyncio.sleep(every_s)
        lags = [*lags[-window + 1 :], max(0.0, loop.time() - due)]
        loop_lag.set(max(lags))


# --- logs ------------------------------------------------------------------------------------------------

PERSONAL = frozenset(
    {
        "caller", "caller_name", "number", "numbers", "phone", "name", "display_name", "full_name",
        "user_name", "customer_name", "mail", "email",
        "address", "text", "note", "notes", "body", "dialled", "asserted", "value", "query",
    }
)  # fmt: skip
"""Fields that may hold what people are called, where they are reached or what they wrote: shown as length only."""

SECRET = re.compile(
    r"password|secret|credential|authorization|(?:^|_)(?:token|pin|card|cookie|csrf|t?otp|recovery_codes?)(?:$|_)",
    re.IGNORECASE,
)
"""Fields that are never shown at all."""

NUMBER = re.compile(r"(?<![\w.:/-])(?!\d{4}-\d\d-\d\d)\+?\d[\d \-]{5,}\d(?![\w.:-])")
"""What looks like a telephone number inside free words (exceptions of libraries quote their input)."""


def without_personal_data(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for field, value in list(event.items()):
        if field in ("timestamp", "level", "logger"):
            continue
        event[field] = _clean(field, value)
    return event


def _clean(field: str, value: Any) -> Any:
    if SECRET.search(field):
        return "[secret]"
    if field in PERSONAL:
        return f"[{len(value)}]" if isinstance(value, str | list | tuple | dict) else "[personal]"
    if isinstance(value, dict):
        return {k: _clean(str(k), v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", v) for v in value]
    if isinstance(value, str):
        return NUMBER.sub("[number]", value)
    return value


def configure_logging(level: str = "info", json: bool = False, stream: TextIO | None = None) -> None:
    """structlog and the standard library's loggers (uvicorn, sqlalchemy …) through the same processors."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        without_personal_data,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    out = stream or sys.stderr
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[*shared, structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Words on tables that have not changed at every start; what other systems were asked and answered.
    for chatty in ("alembic", "picows", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
