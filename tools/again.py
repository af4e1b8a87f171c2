"""Which tests of the last run may be tried once more, one after the other with the machine to themselves.

Stories against real engines and browsers wait for sound, timers of SIP and windows of eight programs; some races are
of the tests' own making. They get a second run, and both runs are told; a rule that fails once is broken, as are many
stories at once. Prints the ids, one a line; exits with 1 where there is no second run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

WITH_REAL_PARTS = ("tests/browser/", "tests/scenario/", "tests/contract/telephony/")
MOST = 8


def main() -> int:
    found = Path(".pytest_cache/v/cache/lastfailed")
    failed = json.loads(found.read_text()) if found.exists() else {}
    if not 0 < len(failed) <= MOST or not all(it.startswith(WITH_REAL_PARTS) and "::" in it for it in failed):
        return 1
    print("\n".join(failed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
