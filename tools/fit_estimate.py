"""Fits the estimated wait anew: python tools/fit_estimate.py [first seed] [last seed]

Plays one day of each drawn centre (`runtime/simulate/drawn.py`) and writes `src/qingting/core/fitted.py`. To be done
again when matching changes who waits how long; the tests use other seeds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from qingting.core.fitted import PLACES
from qingting.runtime.simulate.fitting import day, fit
from qingting.runtime.simulate.waits import Statement

FITTED = Path(__file__).parents[1] / "src" / "qingting" / "core" / "fitted.py"
TEXT = '''"""Numbers of the estimated wait, made by `tools/fit_estimate.py`; what they mean stands in `estimating.py`.

Fitted on {statements:,} statements on {days} simulated days, of the drawn centres of seeds {first} to {last}.
"""

PLACES = {places}
"""Places in the queue between which the level goes in straight lines."""
# Level at each of these places; then the turn, the agents, the visits before it, the pace.
Q50 = ({q50})
Q90 = ({q90})
'''


def main() -> None:
    first, last = (int(a) for a in sys.argv[1:3]) if len(sys.argv) > 2 else (1, 240)
    statements: list[Statement] = []
    for seed in range(first, last + 1):
        statements += day(seed)
        print(f"\rseed {seed}: {len(statements):,} statements", end="", flush=True)
    print()
    q50, q90 = (", ".join(f"{value:.4f}" for value in fit(statements, share)) for share in (0.5, 0.9))
    FITTED.write_text(
        TEXT.format(
            statements=len(statements), days=last - first + 1, first=first, last=last, places=PLACES, q50=q50, q90=q90
        )
    )
    print(f"{FITTED}:\n  {q50}\n  {q90}")


if __name__ == "__main__":
    main()
