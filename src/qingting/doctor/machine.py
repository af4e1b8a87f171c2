"""The machine itself: its clock, its limits."""

from __future__ import annotations

import ctypes
import os
import resource
import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .. import CORE_IS_COMPILED
from ..config import Config
from .check import Checks, fail, ok, warn

FILES_LEAST = 8192
_TIME_ERROR = 5
_EARLIEST = 1_767_225_600.0
"""2026-01-01: no clock that is right shows less."""


def clock(config: Config) -> Checks:
    wall, steady = time.time(), time.monotonic()
    time.sleep(0.2)
    drift_s = abs((time.time() - wall) - (time.monotonic() - steady))
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        yield fail("clock", "there is no time zone data", "install tzdata")
        return
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(wall))
    if wall < _EARLIEST:
        yield fail("clock", f"it shows {shown}", "set it, and run NTP (systemd-timesyncd, chrony)")
    elif drift_s > 0.05:
        yield warn(
            "clock", f"it jumps ({drift_s:.2f} s within 0.2 s)", "let NTP slew it; look at the virtual machine"
        )
    elif not _synchronised():
        yield warn("clock", f"{shown}, not synchronised", "run NTP (systemd-timesyncd, chrony): times are evidence")
    else:
        yield ok("clock", f"{shown}, synchronised")


def limits(config: Config) -> Checks:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    words = f"{os.cpu_count()} processors, {_memory_gb():.1f} GB memory, {files} open files"
    if files < FILES_LEAST:
        mend = f"allow {FILES_LEAST} (ulimit -n, LimitNOFILE=): every desk and call takes some"
        yield warn("limits", words, mend)
    else:
        yield ok("limits", words)


def core(config: Config) -> Checks:
    """No warning: most centres never need it."""
    yield ok(
        "core", "machine code" if CORE_IS_COMPILED else "interpreted; `make compiled` saves a third of each decision"
    )


def _synchronised() -> bool:
    """As the kernel knows it (adjtimex); true where it cannot be asked."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (AttributeError, OSError):
        return True
    return int(adjtimex(ctypes.create_string_buffer(512))) != _TIME_ERROR


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
