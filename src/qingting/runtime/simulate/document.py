"""A scenario's text read into a `Scenario`: one function for each part, every fault with its place."""

from __future__ import annotations

from datetime import date

from ...core.commands import PutPolicy, PutQueue
from ...core.engine import Engine
from ...core.model import MEDIA
from ...core.policy import Policy
from ...core.values import SITE_RULES, STRATEGIES
from ...errors import Invalid, Refused
from ...flow.tree import Problem, Scalar
from ...yaml_tree import read_tree
from .fields import Fields
from .scenario import (
    AGENTS_MOST,
    CONTACTS_MOST,
    DAY_S,
    DAYS_MOST,
    QUEUES_MOST,
    SKILLS_MOST,
    Break,
    Callback,
    Callers,
    Distribution,
    Failure,
    Group,
    HandOn,
    Learnt,
    QueuePlan,
    Scenario,
    Wish,
)

INTERVALS_MIN = ("5", "10", "15", "30", "60")
FIRST_DAY = "2026-01-05"
PROBLEMS_SHOWN = 200


def read_scenario(text: str) -> Scenario:
    """Raises `Invalid("scenario.problems", problems=[{line, column, code, message}])`."""
    scenario, problems = examine(text)
    if scenario is None or problems:
        shown = [p._asdict() for p in sorted(set(problems))[:PROBLEMS_SHOWN]]
        first = shown[0]
        words = "{line}:{column}: {message}".format(**first)
        more = f", and {len(shown) - 1} more" if len(shown) > 1 else ""
        raise Invalid("scenario.problems", f"the scenario has problems: {words}{more}", problems=shown)
    return scenario


def examine(text: str) -> tuple[Scenario | None, list[Problem]]:
    """The scenario as far as it could be read, and all that is wrong with it."""
    tree, problems = read_tree(text)
    if tree is None:
        return None, problems
    scenario = _scenario(Fields(tree, "a scenario", problems))
    return scenario, problems


def _scenario(top: Fields) -> Scenario:
    opens, closes = top.span("hours", (8 * 3600.0, 20 * 3600.0))
    skills = top.names("skills", None, SKILLS_MOST)
    sites = top.names("sites", None, 100)
    starts = top.take("starts")
    first_day = FIRST_DAY
    if starts is not None:
        try:
            first_day = date.fromisoformat(starts.text if isinstance(starts, Scalar) else "").isoformat()
        except ValueError:
            top.wrong(starts, "bad_value", "starts is a date such as 2026-03-02")
    interval = top.take("interval_min")
    interval_s = 1800.0
    if interval is not None:
        if isinstance(interval, Scalar) and interval.text in INTERVALS_MIN:
            interval_s = float(interval.text) * 60
        else:
            top.wrong(interval, "bad_value", f"interval_min is one of {', '.join(INTERVALS_MIN)}")
    at = top.tree
    places = top.keys("queues")
    names = list(places)
    queues = top.named("queues", QUEUES_MOST, lambda name, f: _queue(name, f, skills, sites, names), "the queue")
    groups = top.named("agents", 2000, lambda name, f: _group(name, f, names, skills, sites), "the group")
    if not top.problems:
        _overflows(top, queues, places)
    scenario = Scenario(
        name=top.text("name", "a scenario"),
        seed=top.whole("seed", 0, 2**53, 1),
        days=top.whole("days", 1, DAYS_MOST, 1),
        starts=first_day,
        opens_s=opens,
        closes_s=closes,
        warm_up_s=top.number("warm_up_min", 0, 720, 0.0) * 60,
        interval_s=interval_s,
        shared=top.number("busy_together", 0, 1, 0.5),
        skills=skills,
        sites=sites,
        queues=tuple(queues),
        groups=tuple(groups),
        failures=tuple(_failure(f, sites) for f in top.several("failures", "a failure", 1000)),
    )
    top.done()
    if scenario.agents > AGENTS_MOST:
        top.wrong(at, "too_many", f"{scenario.agents} agents; at most {AGENTS_MOST}")
    within(scenario, scenario.days, top)
    return scenario


def within(scenario: Scenario, days: int, top: Fields | None = None) -> None:
    """Not so many contacts that nobody would wait for the end. Raises `Invalid` where there is no text to mark."""
    contacts = scenario.expected_contacts(days)
    if contacts <= CONTACTS_MOST:
        return
    message = f"some {contacts:,.0f} contacts would come in {days} days; at most {CONTACTS_MOST:,}"
    if top is None:
        raise Invalid("scenario.too_many", message)
    top.wrong(top.tree, "too_many", message)


def _overflows(top: Fields, queues: list[QueuePlan], places: dict[str, Scalar]) -> None:
    """The core says which rules lead round in a circle."""
    engine = Engine()
    for queue in queues:
        engine.fold(engine.decide(PutQueue(queue.name), 0.0))
    for queue in queues:
        try:
            engine.fold(engine.decide(PutPolicy(queue.name, queue.policy), 0.0))
        except Refused as refused:
            way = " → ".join(refused.detail.get("way", ()))
            message = f"the overflow of {queue.name!r}: {refused.message}" + (f" ({way})" if way else "")
            top.wrong(places[queue.name], refused.code.rpartition(".")[2], message)


def _queue(name: str, f: Fields, skills: tuple[str, ...], sites: tuple[str, ...], queues: list[str]) -> QueuePlan:
    target = f.fields("service_level")
    seconds, share = 20.0, 0.8
    if target is not None:
        seconds = target.number("seconds", 0, DAY_S, 20.0)
        share = target.number("target", 0, 1, 0.8)
        target.done()
    limit = f.number("wrap_up_limit_s", 0, DAY_S, 120.0)
    callers = _callers(name, f, skills, sites, queues)
    plan = QueuePlan(
        name=name,
        requires=f.levels("requires", skills, 1, 5) or (),
        ring_s=f.number("ring_s", 0.1, 3600, 15.0),
        wrap_up_s=limit if callers.wrap_up is not None else 0.0,
        priority_s=f.number("priority_s", -DAY_S, DAY_S, 0.0),
        service_level_s=seconds,
        service_level_target=share,
        short_abandon_s=f.number("short_abandon_s", 0, DAY_S, 5.0),
        callers=callers,
        second_line=f.switch("second_line"),
        relax=f.relax("relax", skills, sites),
        strategy=f.name("strategy", STRATEGIES, "longest_idle"),
        site_rule=f.name("site_rule", SITE_RULES, "any"),
        behind_s=f.number("behind_s", 0, DAY_S, 0.0),
        policy=Policy(
            at_once=f.whole("at_once", 1, 10, 1),
            auto_answer=f.switch("auto_answer"),
            misses=f.whole("misses", 0, 100, 1),
            penalty_s=f.number("penalty_s", 0, DAY_S, 0.0),
            extend_wrap_up_s=f.number("extend_wrap_up_s", 0, DAY_S, 0.0),
            overflow=f.overflow("overflow", queues),
        ),
    )
    f.done()
    return plan


def _callback(f: Fields) -> Callback:
    callback = Callback(
        f.number("share", 0, 1),
        f.number("after_s", 0, DAY_S, 0.0),
        f.name("first", ("agent", "customer"), "agent"),
        f.whole("attempts", 1, 10, 3),
        f.number("retry_s", 1, DAY_S, 300.0),
        f.number("reached", 0, 1, 0.8),
    )
    f.done()
    return callback


def _hand_on(f: Fields, queues: list[str]) -> HandOn:
    hand_on = HandOn(f.number("share", 0, 1), f.name("to", queues, needed=True))
    f.done()
    return hand_on


def _callers(queue: str, f: Fields, skills: tuple[str, ...], sites: tuple[str, ...], queues: list[str]) -> Callers:
    arrivals = f.fields("arrivals", needed=True)
    per_hour: tuple[float, ...] = (0.0,)
    weekdays: tuple[float, ...] = (1.0,) * 7
    day_cv = 0.0
    if arrivals is not None:
        per_hour = arrivals.numbers("per_hour", 0, 1_000_000, 288)
        if "weekdays" in arrivals:
            tree = arrivals.tree
            weekdays = arrivals.numbers("weekdays", 0, 100, 7)
            if len(weekdays) != 7:
                arrivals.wrong(tree, "bad_value", "weekdays has seven factors, Monday first")
        day_cv = arrivals.number("day_cv", 0, 2, 0.0)
        arrivals.done()
    redial = f.fields("redial")
    again, after = 0.0, 300.0
    if redial is not None:
        again, after = redial.number("share", 0, 0.95), redial.number("after_s", 1, DAY_S, 300.0)
        redial.done()
    wishes = tuple(_wish(wish, skills) for wish in f.several("wishes", "a wish", 100))
    callback, hand_on = f.fields("callback"), f.fields("hand_on")
    at = f.fields("from")
    shares = tuple((site, at.number(site, 0, 1)) for site in sites if site in at) if at is not None else ()
    if at is not None:
        at.done()
        if sum(share for _, share in shares) > 1.0 + 1e-9:
            at.wrong(at.tree, "bad_value", "the shares of sites are more than 1 together")
    if sum(wish.share for wish in wishes) > 1.0 + 1e-9:
        f.wrong(f.tree, "bad_value", "the shares of wishes are more than 1 together")
    return Callers(
        queue=queue,
        medium=f.name("medium", MEDIA, "voice"),
        per_hour=per_hour,
        weekdays=weekdays,
        day_cv=day_cv,
        handle=_distribution(f, "handle", needed=True) or Distribution("constant", 1.0),
        wrap_up=_distribution(f, "wrap_up"),
        patience=_distribution(f, "patience"),
        patient=f.number("patient", 0, 1, 0.0),
        redial=again,
        redial_after_s=after,
        wishes=wishes,
        callback=None if callback is None else _callback(callback),
        hand_on=None if hand_on is None else _hand_on(hand_on, queues),
        sites=shares,
    )


def _wish(f: Fields, skills: tuple[str, ...]) -> Wish:
    wish = Wish(
        f.number("share", 0, 1), f.levels("requires", skills, 1, 5) or (), f.number("priority_s", -DAY_S, DAY_S, 0.0)
    )
    f.done()
    return wish


def _distribution(f: Fields, field: str, needed: bool = False) -> Distribution | None:
    """`{exponential: 180}`, `{lognormal: 180, cv: 0.8}`, `{gamma: 180, cv: 0.8}`, `{constant: 180}`."""
    of = f.fields(field, needed)
    if of is None:
        return None
    kinds = [kind for kind in ("exponential", "lognormal", "gamma", "constant") if kind in of]
    if len(kinds) != 1:
        of.wrong(
            of.tree, "bad_value", f"{field} is one of exponential, lognormal, gamma, constant: its mean in seconds"
        )
        return None
    kind = kinds[0]
    mean_s = of.number(kind, 0.001, DAY_S)
    cv = of.number("cv", 0.01, 10) if kind in ("lognormal", "gamma") else float(kind == "exponential")
    of.done()
    return Distribution(kind, mean_s, cv)


def _group(name: str, f: Fields, queues: list[str], skills: tuple[str, ...], sites: tuple[str, ...]) -> Group:
    begins, ends = f.span("shift")
    tree = f.take("capacity")
    capacity = {"voice": 1}
    if tree is not None:
        capacity = {}
        for key, value in f.pairs(tree, "capacity", len(MEDIA)):
            if f.as_name(key, "capacity", MEDIA):
                capacity[key.text] = int(f.as_number(value, key.text, 0, 100))
    learnt = f.take("skills")
    group = Group(
        name=name,
        count=f.whole("count", 1, AGENTS_MOST),
        site=f.name("site", sites),
        queues=f.names("queues", queues, QUEUES_MOST),
        skills=() if learnt is None else tuple(_learnt(f, k, v, skills) for k, v in f.pairs(learnt, "skills", 100)),
        capacity=tuple(sorted(capacity.items())),
        begins_s=begins,
        ends_s=ends,
        breaks=tuple(_break(b) for b in f.several("breaks", "a break", 20)),
        absent=f.number("absent", 0, 1, 0.0),
        pick_up=_distribution(f, "pick_up"),
        misses=f.number("misses", 0, 0.9, 0.0),
        breaks_at_once=f.whole("breaks_at_once", 1, AGENTS_MOST, 0),
        auto_answer=f.switch("auto_answer"),
    )
    f.done()
    return group


def _learnt(f: Fields, key: Scalar, value: object, skills: tuple[str, ...]) -> Learnt:
    """`billing: 3`, `billing: 2-4` (drawn for each), `billing: {level: 2-4, share: 0.4}`."""
    f.as_name(key, "skills", skills)
    share = 1.0
    level = value
    if not isinstance(value, Scalar):
        of = Fields(value, f"the skill {key.text!r}", f.problems)  # type: ignore[arg-type]
        level, share = of.take("level", needed=True), of.number("share", 0, 1, 1.0)
        of.done()
    least, dash, most = level.text.partition("-") if isinstance(level, Scalar) else ("", "", "")
    most = most if dash else least
    if least in ("1", "2", "3", "4", "5") and most in ("1", "2", "3", "4", "5") and least <= most:
        return Learnt(key.text, int(least), int(most), share)
    f.wrong(key, "bad_value", f"the level of {key.text} is 1 to 5, or a range such as 2-4")
    return Learnt(key.text, 1, 1, share)


def _break(f: Fields) -> Break:
    a_break = Break(f.clock("at"), f.number("minutes", 1, 600) * 60, f.number("spread_min", 0, 600, 0.0) * 60)
    f.done()
    return a_break


def _failure(f: Fields, sites: tuple[str, ...]) -> Failure:
    failure = Failure(
        f.name("site", sites), f.whole("day", 1, DAYS_MOST, 0), f.clock("at"), f.number("minutes", 1, 1440) * 60
    )
    f.done()
    if not failure.site:
        f.wrong(f.tree, "missing", "a failure needs the site that fails")
    return failure
