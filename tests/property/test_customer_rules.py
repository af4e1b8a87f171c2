"""Who fits a rule: what the databases say of random worlds, against a slow, obvious look at every customer."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qingting.contexts.contacts import tables as k
from qingting.contexts.customers import fields, merging, tables
from qingting.contexts.customers.api import Consented, Known, Record, Tagged, upsert
from qingting.contexts.customers.model import LEVELS, name_key
from qingting.contexts.customers.segments import compiling, reading
from qingting.records import Records

NOW, DAY, ZONE = 1_790_000_000.0, 86_400.0, "Asia/Shanghai"
PHONES = [f"+861381234567{n}" for n in range(5)]
FIELDS = {
    it.id: it
    for it in (
        fields.Field("plan", {"en": "Plan"}, "choice", ("A", "B", "c d"), True),
        fields.Field("spend", {"en": "Spend"}, "money", (), True),
        fields.Field("signed", {"en": "Signed"}, "date", (), True),
        fields.Field("fibre", {"en": "Fibre"}, "yes_no", (), True),
        fields.Field("about", {"en": "About"}, "text", (), True),
    )
}
_tenants = itertools.count()
ago = st.sampled_from([0.0, 0.5, 3.0, 10.0, 10.5, 40.0, 400.0])
days = st.sampled_from(["2025-09-20", "2026-09-01", "2026-09-21", "2026-09-22"])
languages = st.sampled_from(["", "zh", "zh-TW", "en", "zhx"])


class Call(NamedTuple):
    number: str
    ago: float
    outcome: str
    medium: str
    direction: str
    disposition: str
    queue: str
    wait_s: float
    short: bool
    how: str
    said: str


customers = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["person", "organisation"]),
        "language": languages,
        "born": st.sampled_from(["", "1990-05-01"]),
        "since": st.one_of(st.just(""), days),
        "attributes": st.dictionaries(
            st.sampled_from(["vip", "grade"]), st.sampled_from(["gold", "1", 1.0, 2.5]), max_size=2
        ),
        "fields": st.fixed_dictionaries(
            {},
            optional={
                "plan": st.sampled_from(["A", "B", "c d"]),
                "spend": st.sampled_from([0.0, 12.5, 99.0]),
                "signed": days,
                "fibre": st.booleans(),
                "about": st.sampled_from(["Hello, world", "hello world", "x"]),
            },
        ),
        "identities": st.dictionaries(st.sampled_from(PHONES), st.sampled_from(LEVELS), max_size=2),
        "mail": st.booleans(),
        "tags": st.sets(
            st.tuples(
                st.sampled_from(["value", "business"]),
                st.sampled_from(["gold", "silver"]),
                st.sampled_from(["hand", "import", "rule"]),
            ),
            max_size=2,
        ),
        "address": st.sampled_from(["", "北京市 朝阳区1号", "Main St. 5%"]),
        "consents": st.dictionaries(
            st.tuples(
                st.sampled_from(["marketing", "survey"]), st.sampled_from(["sms", "any"]), st.sampled_from([1.0, 2.0])
            ),
            st.booleans(),
            max_size=3,
        ),
        "created": ago,
        "changed": ago,
    }
)
calls = st.builds(
    Call,
    number=st.sampled_from(PHONES),
    ago=ago,
    outcome=st.sampled_from(["answered", "abandoned", "self_service"]),
    medium=st.sampled_from(["voice", "chat"]),
    direction=st.sampled_from(["in", "in", "out"]),
    disposition=st.sampled_from(["", "complaint"]),
    queue=st.sampled_from(["sales", "service"]),
    wait_s=st.sampled_from([0.0, 30.0, 200.0]),
    short=st.booleans(),
    how=st.sampled_from(["", "blind", "lost"]),
    said=st.sampled_from(["", "CallbackRequested", "MessageTaken"]),
)


def some(values: list[Any], most: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)


def condition(of: str, needed: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"of": st.just(of)} | needed, optional=optional)


def ordered(*names: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Ends of a span, one or both."""
    both = st.lists(values, min_size=1, max_size=2).map(sorted)
    return both.flatmap(
        lambda ends: (
            st.just(dict(zip(names, ends, strict=True)))
            if len(ends) == 2
            else st.sampled_from(names).map(lambda n: {n: ends[0]})
        )
    )


def spanned(of: str, fixed: dict[str, Any], names: tuple[str, str], values: Any) -> st.SearchStrategy[dict[str, Any]]:
    return ordered(*names, values=values).map(lambda ends: {"of": of} | fixed | ends)


amounts, numbers = ("least", "most"), st.sampled_from([0.0, 1.0, 2.5, 12.5, 50.0])
near = st.sampled_from([0.25, 3.0, 10.0, 30.0, 365.0])
whens = st.sampled_from(["created", "changed", "last_contact"])
conditions = st.one_of(
    condition("kind", {"is": some(["person", "organisation"])}),
    condition("language", {"is": some(["zh", "en", "zh-TW"])}),
    condition("identity", {}, kind=st.sampled_from(["phone", "mail"]), level=st.sampled_from(LEVELS)),
    condition("tag", {"tag": st.sampled_from(["gold", "silver"])}, layer=st.sampled_from(["value", "business"]),
              origin=st.sampled_from(["hand", "import", "rule", "computed"])),
    condition("tag", {"layer": st.sampled_from(["value", "identity"])}),
    condition("attribute", {"name": st.sampled_from(["vip", "grade"])}),
    condition("attribute", {"name": st.sampled_from(["vip", "grade"]), "is": some(["gold", "1", 1, 2.5])}),
    spanned("attribute", {"name": "vip"}, amounts, numbers),
    condition("field", {"field": st.sampled_from(list(FIELDS))}),
    condition("field", {"field": st.just("plan"), "is": some(["A", "B", "c d"])}),
    condition("field", {"field": st.just("fibre"), "is": some([True, False])}),
    condition("field", {"field": st.just("about"), "is": some(["hello world", "X", "y"])}),
    spanned("field", {"field": "spend"}, amounts, numbers),
    spanned("field", {"field": "signed"}, ("from", "to"), days),
    condition("consent", {"purpose": st.sampled_from(["marketing", "survey"])}, given=st.booleans(),
              medium=st.sampled_from(["sms", "any"])),
    condition("address", {"has": st.sampled_from(["朝阳", "MAIN st", "5%", "北 京"])}),
    spanned("born", {}, ("from", "to"), days),
    spanned("since", {}, ("from", "to"), days),
    condition("last_contact", {}),
    st.builds(lambda of, n: {"of": of, "within_days": n}, whens, near),
    st.builds(lambda of, n: {"of": of, "before_days": n}, whens, near),
    whens.flatmap(lambda of: spanned(of, {}, ("from", "to"), days)),
    st.builds(
        lambda base, ends: base | ends,
        condition(
            "contacts", {"days": st.sampled_from([1, 11, 365])},
            what=st.sampled_from(reading.r.WHATS), direction=st.sampled_from(["in", "out", "any"]),
            media=some(["voice", "chat"]), queues=some(["sales", "service"]),
            outcomes=some(["answered", "abandoned"]),
            dispositions=st.just(["complaint"]), waited_s=st.sampled_from([20, 100]),
        ),
        st.one_of(st.just({}), ordered("least", "most", values=st.integers(0, 2))),
    ),
)  # fmt: skip
rules = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=4,
)


@given(
    people=st.lists(customers, min_size=1, max_size=5),
    merges=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=2),
    contacts=st.lists(calls, max_size=8),
    asked=st.lists(rules, min_size=6, max_size=12),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
async def test_who_fits(
    records: Records,
    people: list[dict[str, Any]],
    merges: set[tuple[int, int]],
    contacts: list[Call],
    asked: list[Any],
) -> None:
    tenant = f"t{next(_tenants)}"
    async with records.write() as c:
        ids = await write(c, tenant, people, contacts)
        for source, target in sorted(merges):
            if source != target and max(source, target) < len(ids):
                await merging.merge(c, tenant, ids[source], ids[target], "u")
        rows = (await c.execute(sa.select(tables.customer).filter_by(tenant=tenant))).mappings().all()
        groups: dict[str, list[dict[str, Any]]] = {}
        changed = {row["id"]: row["changed_at"] for row in rows}
        for row in sorted(rows, key=lambda row: (row["id"] != row["current"], row["id"])):
            groups.setdefault(row["current"], []).append(
                people[ids.index(row["id"])] | {"id": row["id"], "changed_at": changed[row["id"]]}
            )
        world = compiling.World(tenant, NOW, ZONE, c.dialect.name)
        for raw in asked:
            condition = compiling.fits(reading.read(raw, FIELDS), world)
            own = tables.customer.c.id
            found = list((await c.execute(sa.select(own).where(compiling.of_all(world), condition))).scalars())
            wanted = {id for id, group in groups.items() if true(raw, group, contacts)}
            assert (len(found), set(found)) == (len(wanted), wanted), raw
        await c.rollback()


async def write(c: Any, tenant: str, people: list[dict[str, Any]], contacts: list[Call]) -> list[str]:
    for field in FIELDS.values():
        await fields.keep(c, tenant, field)
    ids = []
    for n, it in enumerate(people):
        known = [Known("phone", number, level) for number, level in it["identities"].items()]
        record = Record(
            **{name: it[name] for name in ("kind", "language", "born", "since", "fields", "attributes")},
            name=f"n{n}",
            identities=known + ([Known("mail", f"m{n}@example.com", "confirmed")] if it["mail"] else []),
            tags=[Tagged(layer, tag) for layer, tag, origin in sorted(it["tags"]) if origin == "import"],
            addresses=[it["address"]] if it["address"] else [],
            consents=[Consented(p, m, given, at) for (p, m, at), given in it["consents"].items()],
        )
        (made,) = await upsert(c, tenant, [record], as_new=True)
        others = [
            {"tenant": tenant, "customer": made.id, "layer": layer, "tag": tag, "origin": origin, "at": NOW}
            for layer, tag, origin in it["tags"]
            if origin != "import"
        ]
        if others:
            await c.execute(tables.tag.insert(), others)
        own = tables.customer.update().filter_by(tenant=tenant, id=made.id)
        await c.execute(own.values(created_at=NOW - it["created"] * DAY, changed_at=NOW - it["changed"] * DAY))
        ids.append(made.id)
    for n, it in enumerate(contacts):
        base = {"tenant": tenant, "contact": f"c{n}"}
        at = NOW - it.ago * DAY
        empty = dict.fromkeys(("journey", "entry", "line", "site", "language", "party", "cause", "agent"), "")
        own_ = {"id": f"c{n}", "withheld": False, "talk_s": 0.0, "arrived_at": at, "tenant": tenant}
        told = {name: getattr(it, name) for name in ("number", "medium", "direction", "outcome", "queue", "wait_s")}
        await c.execute(k.contact.insert().values(**empty, **own_, **told, disposition=it.disposition))
        times = {"started_at": at, "since": at, "service_level_s": 20.0, "short_abandon_s": 5.0, "in_target": False}
        visit = {"id": f"v{n}", "queue": it.queue, "outcome": it.outcome, "detail": "", "short": it.short}
        await c.execute(k.visit.insert().values(**base, **times, **visit))
        for place, (kind, detail) in enumerate((("ContactTransferred", {"how": it.how}), (it.said, {}))):
            if it.how if place == 0 else it.said:
                await c.execute(k.happening.insert().values(**base, place=place, at=at, kind=kind, detail=detail))
    return ids


# --- the obvious look ----------------------------------------------------------------------------------------------


def true(raw: dict[str, Any], group: list[dict[str, Any]], contacts: list[Call]) -> bool:
    """`group`: records that stand together, the one that stands for all first, then the oldest."""
    match raw:
        case {"all": parts}:
            return all(true(part, group, contacts) for part in parts)
        case {"any": parts}:
            return any(true(part, group, contacts) for part in parts)
        case {"not": part}:
            return not true(part, group, contacts)
    lead = group[0]

    def said(name: str) -> str:
        return next((it[name] for it in group if it[name]), "")

    def by_name(where: str, name: str) -> Any:
        return next((it[where][name] for it in group if name in it[where]), None)

    theirs = [it for it in contacts if any(it.number in one["identities"] for one in group)]
    match raw["of"]:
        case "kind":
            return lead["kind"] in raw["is"]
        case "language":
            own = said("language")
            return any(own == it or (own.startswith(f"{it}-") and "-" not in it) for it in raw["is"])
        case "born" | "since":
            return bool(said(raw["of"])) and inside(raw, "from", "to", said(raw["of"]))
        case "identity":
            least = LEVELS.index(raw.get("level", "claimed"))
            known = [("phone", LEVELS.index(level)) for it in group for level in it["identities"].values()]
            known += [("mail", 1) for it in group if it["mail"]]
            return any(kind == raw.get("kind", kind) and level >= least for kind, level in known)
        case "tag":
            return any(
                (layer, tag, origin) == (raw.get("layer", layer), raw.get("tag", tag), raw.get("origin", origin))
                for it in group
                for layer, tag, origin in it["tags"]
            )
        case "address":
            return any(name_key(raw["has"]) in name_key(it["address"]) for it in group)
        case "attribute":
            value = by_name("attributes", raw["name"])
            if "is" in raw:
                return any(type(value) is type(it) and value == it for it in floats(raw["is"]))
            if raw.keys() & {"least", "most"}:
                return isinstance(value, float) and inside(raw, "least", "most", value)
            return value is not None
        case "field":
            value = by_name("fields", raw["field"])
            if value is None:
                return False
            if "is" in raw:
                wanted = [name_key(it) if isinstance(it, str) else it for it in raw["is"]]
                return (name_key(value) if isinstance(value, str) else value) in wanted
            return inside(raw, *(("least", "most") if raw["field"] == "spend" else ("from", "to")), value)
        case "consent":
            media = [raw["medium"]] if "medium" in raw else ["sms", "any"]
            return any(holds(group, raw["purpose"], medium) is raw.get("given", True) for medium in media)
        case "contacts":
            count = sum(counts(raw, it) for it in theirs)
            least = raw.get("least", 0 if "most" in raw else 1)
            return least <= count <= raw.get("most", count)
    if raw["of"] == "last_contact":
        if not theirs:
            return False
        at = max(NOW - it.ago * DAY for it in theirs)
    else:
        at = NOW - lead["created"] * DAY if raw["of"] == "created" else lead["changed_at"]
    if "within_days" in raw:
        return at >= NOW - raw["within_days"] * DAY
    if "before_days" in raw:
        return at < NOW - raw["before_days"] * DAY
    return inside(raw, "from", "to", dt.datetime.fromtimestamp(at, ZoneInfo(ZONE)).date().isoformat())


def floats(values: list[Any]) -> list[Any]:
    return [float(it) if isinstance(it, int) else it for it in values]


def inside(raw: dict[str, Any], least: str, most: str, value: Any) -> bool:
    return bool(raw.get(least, value) <= value <= raw.get(most, value))


def holds(group: list[dict[str, Any]], purpose: str, medium: str) -> bool | None:
    said = [
        (at, not given) for it in group for (p, m, at), given in it["consents"].items() if (p, m) == (purpose, medium)
    ]
    return not max(said)[1] if said else None


def counts(raw: dict[str, Any], it: Call) -> bool:
    what = {
        "contacts": True,
        "answered": it.outcome == "answered",
        "abandoned": it.outcome == "abandoned" and not it.short,
        "self_served": it.outcome == "self_service",
        "transferred": it.how == "blind",
        "callbacks": it.said == "CallbackRequested",
        "messages": it.said == "MessageTaken",
    }[raw.get("what", "contacts")]
    return (
        what
        and it.ago <= raw["days"]
        and raw.get("direction", "in") in (it.direction, "any")
        and it.medium in raw.get("media", [it.medium])
        and it.queue in raw.get("queues", [it.queue])
        and it.outcome in raw.get("outcomes", [it.outcome])
        and it.disposition in raw.get("dispositions", [it.disposition])
        and it.wait_s >= raw.get("waited_s", 0)
    )
