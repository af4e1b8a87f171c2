"""Stated waits: how often they held, by length of the queue, on simulated days that nothing was fitted to.

    python -m bench.waits --json
    python -m bench.waits --promise

Each day is of another drawn centre: 2 to 8 queues, 3 to 12 skills, 10 to 80 agents. The promise: P50 covers 50 ± 5 %
and P90 covers 90 ± 3 % in every decile of queue length, of what is said at entering and of what is said each minute
later, with a smaller pinball loss than the best statement blind to the queue. With 400 days the standard error of the
least sure decile is about 2 %, days being independent; ends with status 1 when the promise is not kept.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from typing import Any

from qingting.core import fitted
from qingting.runtime.simulate.fitting import day
from qingting.runtime.simulate.waits import Held, Statement, by_queue_length, losses

FIRST = 1001
"""Seed; those of `core/fitted.py` are smaller."""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="only the result, as one line")
    parser.add_argument("--promise", action="store_true", help="400 days, some five minutes")
    parser.add_argument("--days", type=int, default=50)
    args = parser.parse_args(argv)
    gc.set_threshold(50_000, 50, 100)
    count = 400 if args.promise else args.days
    if f"seeds 1 to {FIRST - 1}" in (fitted.__doc__ or ""):
        raise SystemExit("the estimates were fitted on these days")
    began = time.perf_counter()
    days: list[list[Statement]] = []
    for seed in range(FIRST, FIRST + count):
        days.append(day(seed))
        if not args.json:
            print(f"\r{len(days)} days", end="", file=sys.stderr)
    entering, later = ([[s for s in of if s.first is first] for of in days] for first in (True, False))
    parts = {"at_entering": by_queue_length(entering), "later": by_queue_length(later)}
    result: dict[str, Any] = {"bench": "waits", "days": count, "seconds": round(time.perf_counter() - began, 1)}
    kept = True
    for name, held in parts.items():
        worst50, worst90 = max(abs(h.p50 - 0.5) for h in held), max(abs(h.p90 - 0.9) for h in held)
        kept = kept and worst50 <= 0.05 and worst90 <= 0.03
        result[name] = {
            "statements": sum(h.statements for h in held),
            "worst_p50": round(worst50, 4),
            "worst_p90": round(worst90, 4),
        }
        if not args.json:
            _show(name, held)
    for share in (0.5, 0.9):
        found = losses(entering, share)
        result[f"pinball_{share:g}_over_blind"] = round(found.said / found.constant, 3)
        kept = kept and found.said < found.constant
    result["kept"] = kept
    print(json.dumps(result))
    return 0 if kept or not args.promise else 1


def _show(name: str, held: list[Held]) -> None:
    print(f"\n{name}: waiting up to, statements, P50 and P90 held", file=sys.stderr)
    for h in held:
        p50, p90 = f"{h.p50:.1%} ± {h.p50_error:.1%}", f"{h.p90:.1%} ± {h.p90_error:.1%}"
        print(f"{h.longest:>6} {h.statements:>8,}  {p50:>15}  {p90:>15}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
