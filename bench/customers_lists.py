"""Lists and segments of customers by the million: the first page of every filter, and a segment's count.

    python -m bench.customers_lists --json                # 500,000 customers in SQLite
    python -m bench.customers_lists --json --postgres     # the same in PostgreSQL
    python -m bench.customers_lists --json --promise      # 1,000,000

Names as common as they are (4,000 of them), tags, consents, own fields and contacts of many, some and nobody. Each
filter's first page is asked for by the door of the page, in turn with all others, by what is drawn at random where
there is a choice. The promise: `list_first_page_p99_ms` ≤ 100 of each; ends with status 1 when it is not kept.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from typing import Any

from qingting import migrate
from qingting.access import Identity
from qingting.contexts.customers import listing
from qingting.contexts.customers.asking import Listed, understood
from qingting.contexts.customers.segments import compiling, keeping, reading
from qingting.records import Records

from .customers import FIRST, ID, NUMBER, Made, T, fill, records_of

TURNS = 40
ZONE = "Asia/Shanghai"
WHO = Identity(T, "u", "u", frozenset({"customers.view", "numbers.view"}))
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞"
_NAME = (
    f"substr('{SURNAMES}', i % 10 + 1, 1) || substr('{GIVEN}', i / 10 % 20 + 1, 1)"
    f" || substr('{GIVEN}', i / 200 % 20 + 1, 1)"
)
_TIME = "{now} - i % 9973 * 3162.0 - i / 9973"


def _field(id: str, text: str, number: str, which: str = "") -> Made:
    return ("customer_field_index", {"customer": ID, "field": f"'{id}'", "text": text, "number": number}, which)


def _consent(medium: str, at: str, given: str, which: str) -> Made:
    told = {"purpose": "'marketing'", "medium": f"'{medium}'", "at": at, "given": given}
    return ("customer_consent", {"customer": ID, **told}, which)


def _tag(layer: str, tag: str, which: str) -> Made:
    told = {"layer": f"'{layer}'", "tag": f"'{tag}'", "origin": "'import'", "at": "1"}
    return ("customer_tag", {"customer": ID, **told}, which)


def _contact(turn: int) -> Made:
    told = {
        **dict.fromkeys(("journey", "site", "party", "disposition"), "''"),
        "id": f"'c{turn}-' || i",
        "medium": "'voice'",
        "direction": "'in'",
        "entry": "'e'",
        "line": "'l'",
        "language": "'zh'",
        "number": NUMBER,
        "withheld": "1 = 0",
        "queue": "'q'",
        "agent": "'a'",
        "arrived_at": f"{{now}} - i % 99991 * 31.0 - {turn}",
        "ended_at": "{now}",
        "cause": "'customer'",
        "outcome": "'answered'",
        "wait_s": "1",
        "talk_s": "1",
    }
    return ("contact", told, "i % 10 = 0")


_MADE: tuple[Made, ...] = (
    (
        "customer",
        {
            "id": ID,
            "current": ID,
            "version": "1",
            "external_id": "'E' || i",
            "note": "''",
            "name": _NAME,
            "name_key": _NAME,
            "created_at": _TIME,
            "changed_at": _TIME,
            "kind": "CASE WHEN i % 500 = 0 THEN 'organisation' ELSE 'person' END",
            "language": "CASE WHEN i % 10 > 0 THEN 'zh' WHEN i % 1000 = 0 THEN 'yue' ELSE 'en' END",
        },
        "",
    ),
    (
        "customer_identity",
        {"kind": "'phone'", "value": NUMBER, "customer": ID, "origin": "'import'", "tail": f"substr({NUMBER}, 11)"},
        "",
    ),
    ("customer_identity", {"kind": "'openid'", "value": "'o' || i", "customer": ID, "origin": "'import'"}, ""),
    _tag("value", "gold", "i % 4 = 0"),
    _tag("business", "new line", "i % 20000 = 7"),
    _consent("sms", "1", "i % 8 = 0", "i % 4 = 0"),
    _consent("sms", "2", "i % 16 > 0", "i % 12 = 0"),
    _consent("voice", "1", "1 = 1", "i % 20000 = 3"),
    _field("city", "'city' || (i % 300)", "NULL"),
    _field("spent", "'' || (i % 9000)", "i % 9000"),
    *(_contact(turn) for turn in (1, 2)),
)

FILTERS: dict[str, dict[str, Any]] = {
    "everybody": {},
    "everybody_by_name": {"sort": "name"},
    "kind_rare": {"kind": "organisation"},
    "language_rare": {"language": "yue"},
    "tag_of_many": {"tag": "gold"},
    "tag_of_many_by_name": {"tag": "gold", "sort": "name"},
    "tag_of_few": {"tag": "new line"},
    "tag_of_nobody": {"tag": "silver"},
    "layer": {"layer": "business"},
    "field_is": {"field": "city", "value": "city7"},
    "field_between": {"field": "spent", "least": 4000.0, "most": 4100.0},
    "field_above": {"field": "spent", "least": 10.0},
    "consent_given": {"purpose": "marketing", "consent_medium": "sms", "given": True},
    "consent_refused": {"purpose": "marketing", "given": False},
    "consent_of_few": {"purpose": "marketing", "consent_medium": "voice", "given": True},
    "consent_of_nobody": {"purpose": "survey", "given": True},
    "contact_of_week": {"contacted_days": 7},
    "contact_of_year": {"contacted_days": 365},
    "changed_of_week": {"changed_days": 7},
    "tag_and_field": {"tag": "gold", "field": "city", "value": "city8"},
    "tag_and_consent": {"tag": "gold", "purpose": "marketing", "consent_medium": "sms", "given": True},
    "tag_and_contact": {"tag": "new line", "contacted_days": 365},
    "kind_and_contact": {"kind": "organisation", "contacted_days": 30},
}
DRAWN = ("tail", "number", "name", "name_part", "name_unknown", "name_and_tag")
RULES: dict[str, Any] = {
    "segment_tag": {"of": "tag", "tag": "gold"},
    "segment_consent": {"of": "consent", "purpose": "marketing", "medium": "sms", "given": True},
    "segment_contacts": {"of": "contacts", "days": 30, "least": 2},
    "segment_both": {"all": [{"of": "tag", "tag": "gold"}, {"of": "contacts", "days": 30, "least": 1}]},
    "segment_not": {"not": {"of": "tag", "tag": "gold"}},
    "segment_last_contact": {"of": "last_contact", "within_days": 7},
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="only the result, as one line")
    parser.add_argument("--promise", action="store_true", help="1,000,000 customers")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--customers", type=int, default=500_000)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--url", default="", help="of a database that was filled by --fill")
    parser.add_argument("--fill", action="store_true")
    args = parser.parse_args(argv)
    people = 1_000_000 if args.promise else args.customers
    result = asyncio.run(_bench(people, args))
    if not args.json:
        for name, value in result.items():
            print(f"{name:20} {value}", file=sys.stderr)
    print(json.dumps(result))
    return 0 if result.get("kept", True) else 1


async def _bench(people: int, args: Any) -> dict[str, Any]:
    if args.url:
        if args.fill:
            await asyncio.to_thread(migrate.upgrade, args.url)
        records = Records(args.url)
        if args.fill:
            await fill(records, people, _MADE)
        else:
            print(await _pages(records, people, args.turns, args.only))
            print(await _segments(records, args.only))
        await records.close()
        return {}
    began = time.perf_counter()
    async with records_of(args.postgres) as records:
        await fill(records, people, _MADE)
        filled = time.perf_counter()
        took = await _pages(records, people, args.turns, args.only)
        counts = await _segments(records, args.only)
    return {
        "bench": "customers_lists",
        "database": "postgresql" if args.postgres else "sqlite",
        "customers": people,
        "fill_s": round(filled - began, 1),
        "list_first_page_p99_ms": {name: all_[-1 - len(all_) // 100] for name, all_ in took.items()},
        "list_first_page_p50_ms": {name: all_[len(all_) // 2] for name, all_ in took.items()},
        "segment_count_s": counts,
        "seconds": round(time.perf_counter() - began, 1),
        "kept": all(all_[-1 - len(all_) // 100] <= 100 for all_ in took.values()),
    }


def _drawn(what: str, people: int, dice: random.Random) -> dict[str, Any]:
    some = dice.randrange(1, people + 1)
    name = dice.choice(SURNAMES) + dice.choice(GIVEN) + dice.choice(GIVEN)
    return {
        "tail": {"q": str(FIRST + some)[-6:]},
        "number": {"q": str(FIRST + some)},
        "name": {"q": name},
        "name_part": {"q": name[1:]},
        "name_unknown": {"q": name + "某"},
        "name_and_tag": {"q": name[1:], "tag": "new line"},
    }[what]


async def _pages(records: Records, people: int, turns: int, only: list[str]) -> dict[str, list[float]]:
    dice, took = random.Random(1), dict[str, list[float]]()
    for turn in range(turns + 1):
        for name in (*FILTERS, *DRAWN):
            if only and name not in only:
                continue
            wanted = understood(WHO, Listed(**(FILTERS[name] if name in FILTERS else _drawn(name, people, dice))))
            began = time.perf_counter()
            async with records.read() as connection:
                await listing.search(connection, T, wanted)
            if turn:  # statements are compiled, pages are read
                took.setdefault(name, []).append(round((time.perf_counter() - began) * 1000, 1))
    return {name: sorted(all_) for name, all_ in took.items()}


async def _segments(records: Records, only: list[str]) -> dict[str, float]:
    took: dict[str, float] = {}
    for name, rule in RULES.items():
        if only and name not in only:
            continue
        began = time.perf_counter()
        async with records.read() as connection:
            world = compiling.World(T, time.time(), ZONE, connection.dialect.name)
            counted = await keeping.count(connection, reading.read(rule, {}), world)
        took[name] = round(time.perf_counter() - began, 2)
        print(name, counted, file=sys.stderr)
    return took


if __name__ == "__main__":
    sys.exit(main())
