"""Generated days: how long `qingting simulate` takes for a large service line, and in how much memory.

    python -m bench.simulate --json

Two days of `scenarios/large.yaml`: 200,000 contacts and more, 1,500 agents, 12 skills, 10 queues, with breaks, a
site that is cut off, and all measures. `seconds` is wall time from the text of the scenario to its report, `cpu_s`
the CPU time of the same.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
import time
from pathlib import Path

from qingting.runtime.simulate.command import load
from qingting.runtime.simulate.run import run
from qingting.runtime.simulate.text import report

SCENARIO = Path(__file__).parents[1] / "scenarios" / "large.yaml"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="only the result, as one line")
    parser.add_argument("--promise", action="store_true", help="the default size is the promise")
    parser.add_argument("--scenario", type=Path, default=SCENARIO)
    args = parser.parse_args(argv)
    gc.set_threshold(50_000, 50, 100)
    wall, cpu = time.perf_counter(), time.process_time()
    scenario = load(args.scenario)
    results = run(scenario)
    words = report(results)
    seconds, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    if not args.json:
        print(words, file=sys.stderr)
    total = results.total()
    result = {
        "bench": "simulate",
        "seconds": round(seconds, 1),
        "cpu_s": round(cpu_s, 1),
        "contacts": results.contacts,
        "agents": scenario.agents,
        "skills": len(scenario.skills),
        "queues": len(scenario.queues),
        "days": results.days,
        "contacts_per_s": round(results.contacts / seconds),
        "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "answered": total.answered,
        "abandoned": total.abandoned,
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
