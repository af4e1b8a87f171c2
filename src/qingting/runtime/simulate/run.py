"""One run: the days of a scenario, measured."""

from __future__ import annotations

import time
from dataclasses import replace

from . import hours
from .document import within
from .hours import AgentHours, Hours
from .measures import Measures
from .play import Play, Progress
from .results import Results
from .scenario import Scenario


def run(
    scenario: Scenario, *, seed: int | None = None, days: int | None = None, progress: Progress | None = None
) -> Results:
    """Raises `Invalid` where more contacts would come than anybody waits for."""
    days = scenario.days if days is None else days
    within(scenario, days)
    scenario = replace(scenario, days=days, seed=scenario.seed if seed is None else seed)
    began = time.perf_counter()
    measures = Measures(scenario.interval_s)
    play = Play(scenario, watch=measures.watch())
    agents = AgentHours(play.engine, scenario.interval_s)
    play.watch(agents.watch())
    for _ in range(days):
        counted = play.midnight + scenario.opens_s + scenario.warm_up_s if scenario.warm_up_s else play.midnight
        measures.begin_day(play.midnight, counted)
        agents.begin_day(play.midnight, counted)
        play.run_day(progress)
        agents.end_day(play.midnight)
    groups: dict[str, Hours] = {}
    for group in scenario.groups:
        own = (agents.agents.get(f"{group.name}.{n}", Hours()) for n in range(1, group.count + 1))
        groups[group.name] = hours.together(own)
    return Results(
        scenario,
        scenario.seed,
        days,
        play.contacts,
        time.perf_counter() - began,
        measures.rows,
        measures.days,
        agents.rows,
        groups,
        dict(play.refused),
    )
