"""Make `src/qingting/numbers/localities.dat` from the `phonenumbers` package: `python tools/make_localities.py`.

Importing the package's own tables costs 130 MiB of memory; this file costs 3. The data is Google's
libphonenumber geocoding data (Apache-2.0). Form: zlib of a msgpack map
`{names: [[zh, en], …], regions: {CC: [zh, en]}, prefixes: {digits: [first, step, …], …}, index: {digits: [i, …]}}`;
`prefixes` are E.164 prefixes without plus, by their length, sorted, each as its distance from the one before.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import msgspec
from phonenumbers.geocoder import LOCALE_DATA
from phonenumbers.geodata import GEOCODE_DATA

TARGET = Path(__file__).parents[1] / "src/qingting/numbers/localities.dat"


def main() -> None:
    names: dict[tuple[str, str], int] = {}
    prefixes: dict[int, list[int]] = {}
    index: dict[int, list[int]] = {}
    for prefix, by_language in sorted(GEOCODE_DATA.items(), key=lambda item: (len(item[0]), int(item[0]))):
        zh, en = by_language.get("zh", ""), by_language.get("en", "")
        if zh or en:
            prefixes.setdefault(len(prefix), []).append(int(prefix))
            index.setdefault(len(prefix), []).append(names.setdefault((zh, en), len(names)))
    tree: dict[str, Any] = {
        "names": [list(pair) for pair in names],
        "regions": {region: [_country(by, "zh"), _country(by, "en")] for region, by in sorted(LOCALE_DATA.items())},
        "prefixes": {
            length: [b - a for a, b in zip([0, *found], found, strict=False)] for length, found in prefixes.items()
        },
        "index": index,
    }
    TARGET.write_bytes(zlib.compress(msgspec.msgpack.encode(tree), 9))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, {sum(map(len, prefixes.values()))} prefixes")


def _country(by_language: dict[str, str], language: str) -> str:
    name = by_language.get(language, "")
    return by_language.get(name[1:], "") if name.startswith("*") else name


if __name__ == "__main__":
    main()
