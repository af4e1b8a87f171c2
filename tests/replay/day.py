"""A small day at a centre, told to the live shell: calls, offers, consults, callbacks, breaks, all from one seed.

python -m tests.replay.day JOURNAL SEED CONTACTS
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from pathlib import Path

from qingting.core import commands as c
from qingting.core.policy import Overflow, Policy
from qingting.core.values import STRATEGIES
from qingting.journal.port import PersonalData
from qingting.journal.sqlite import SqliteJournal
from qingting.observability import configure_logging
from qingting.runtime.live import Live
from tests.property.likely import choose

TENANT = "acme"
SKILLS = ("zh", "en", "vip", "billing")
REASONS = ("lunch", "training")


LIKELY: dict[str, tuple[Callable[[str], c.Command], ...]] = {
    "offered": (c.Accept, c.Accept, c.Accept, c.Decline),
    "connecting": (c.Connected, c.Connected, c.Connected, lambda id: c.ConnectFails(id, "unreachable")),
    "active": (c.Hold, c.PauseRecording, c.ResumeRecording, c.AgentLeaves),
    "held": (c.Resume, c.Resume, c.AgentLeaves),
    "wrap_up": (lambda id: c.SetDisposition(id, "solved"), c.FinishWrapUp),
}
ANY = tuple(verb for verbs in LIKELY.values() for verb in verbs)


class Day:
    def __init__(self, live: Live, seed: int) -> None:
        self.live = live
        self.now = 1_800_000_000.0
        self._chance = random.Random(seed)
        self._contacts: list[str] = []
        self._made = self._fresh = 0

    async def _try(self, command: c.Command, personal: tuple[PersonalData, ...] = ()) -> None:
        self.live.post(command, f"day:{self._made}", personal)
        if self._chance.random() < 0.1:
            await asyncio.sleep(0.001)  # batches of many sizes

    async def configure(self) -> None:
        some = self._chance
        await self._try(c.PutSite("beijing"))
        for skill in SKILLS:
            await self._try(c.PutSkill(skill))
        for reason in REASONS:
            await self._try(c.PutReason(reason))
        for n in range(4):
            requires = ((SKILLS[n], 2),) if n % 2 else ()
            relax = (c.Relaxation(20.0, tuple((skill, 1) for skill, _ in requires), priority_s=30.0),) if n else ()
            await self._try(
                c.PutQueue(
                    f"q{n}", "line", requires, ring_s=8.0, wrap_up_s=20.0 * (n % 3), priority_s=n,
                    relax=relax, strategy=STRATEGIES[n], behind_s=10.0 * n,
                )
            )  # fmt: skip
        await self._try(c.PutQueue("vip", second_line=True, wrap_up_s=30.0))
        for queue, policy in (
            (
                "q0",
                Policy(
                    at_once=2,
                    requeue_lost=True,
                    extend_wrap_up_s=15.0,
                    overflow=(Overflow("waited", 90.0, target="vip"),),
                ),
            ),
            ("q1", Policy(misses=2, penalty_s=10.0, overflow=(Overflow("size", 6.0, "message", "desk"),))),
            ("q2", Policy(auto_answer=True, grace_s=12.0)),
        ):
            await self._try(c.PutPolicy(queue, policy))
        await self._try(c.PutRule("gold", (c.Condition("grade", "=", "gold"),), 60.0))
        for n in range(12):
            queues = tuple(sorted([*some.sample([f"q{i}" for i in range(4)], 2), *(["vip"] if n % 3 == 0 else [])]))
            skills = tuple(sorted((s, some.randint(1, 5)) for s in some.sample(SKILLS, 2)))
            capacity = (("chat", 2), ("voice", 1)) if n % 2 else (("voice", 1),)
            await self._try(c.PutAgent(f"a{n}", queues, skills, capacity, site="beijing"))
            await self._try(c.PutProfile(f"a{n}", "early", n == 5))
            await self._try(c.SetReachable(f"a{n}", "voice", True))
            await self._try(c.SetPresence(f"a{n}", "available"))
        await self._try(c.PutBreakLimit("team", "early", REASONS, 2))

    async def run(self, contacts: int) -> None:
        while self._made < contacts:
            self.now += self._chance.choice((0.0, 0.05, 0.4, 3.0))
            deadline = self.live.engine.next_deadline()
            if deadline is not None and deadline <= self.now:
                await self._try(c.Tick())
            await self._something()

    async def _something(self) -> None:
        some = self._chance
        state = self.live.engine.state
        if some.random() < 0.3:
            self._fresh += 1
            command = choose(self.live.engine, self._fresh, some.randrange(1_000_000))
            if not isinstance(command, c.ContactArrives):  # who comes is new each time
                await self._try(command)
                return
        roll = some.random()
        if roll < 0.3:
            await self._arrival()
        elif roll < 0.33:
            start = self.now + some.choice((5.0, 40.0))
            self._fresh += 1
            await self._try(c.ReserveBreak(f"b{self._fresh}", f"a{some.randrange(12)}", "lunch", start, start + 60.0))
        elif roll < 0.75 and state.assignments:
            await self._assignment(some.choice(sorted(state.assignments)))
        elif roll < 0.82 and self._contacts:
            await self._try(c.ContactEnds(some.choice(self._contacts), "customer"))
        elif roll < 0.85 and state.visits:
            await self._try(c.LeaveQueue(some.choice(sorted(state.visits)), "flow"))
        elif roll < 0.88:
            self._made += 1
            contact = f"o{self._made}"
            await self._try(c.AgentDials(f"a{some.randrange(12)}", contact, contact, f"v-{contact}"))
        elif roll < 0.90:
            await self._try(c.SetReachable(f"a{some.randrange(12)}", "voice", some.random() < 0.8))
        else:
            presence = some.choice(("available", "available", "available", "not_ready", "offline"))
            reason = some.choice(REASONS) if presence == "not_ready" else ""
            await self._try(c.SetPresence(f"a{some.randrange(12)}", presence, reason))

    async def _arrival(self) -> None:
        some = self._chance
        self._made += 1
        contact = f"c{self._made}"
        caller = PersonalData(f"p{self._made}", "caller", "routing", {"number": f"+86138{self._made:08}"})
        await self._try(
            c.ContactArrives(contact, f"j{self._made}", entry="main", site="beijing", party=caller.ref), (caller,)
        )
        await self._try(c.DialogueMoves(contact, "main", 1, "menu", some.choice("012"), "{}"))
        if some.random() < 0.2:
            await self._try(c.SetLanguage(contact, "en"))
        if some.random() < 0.2:
            await self._try(c.SetAttributes(contact, (("grade", "gold"),)))
        requires = ((some.choice(SKILLS), some.randint(1, 4)),) if some.random() < 0.3 else ()
        await self._try(
            c.EnterQueue(contact, f"v-{contact}", f"q{some.randrange(5)}", requires, some.choice((0, 30)))
        )
        self._contacts = [*self._contacts[-30:], contact]

    async def _assignment(self, assignment: str) -> None:
        state = self.live.engine.state.assignments[assignment].state
        likely = LIKELY.get(state, ANY) if self._chance.random() < 0.85 else ANY
        await self._try(self._chance.choice(likely)(assignment))


async def record(path: Path, seed: int, contacts: int) -> None:
    journal = await SqliteJournal.open(path)
    live = Live(TENANT, journal, clock=lambda: day.now)
    day = Day(live, seed)
    await live.start()
    await day.configure()
    await day.run(contacts)
    await live.stop()
    await journal.close()


if __name__ == "__main__":
    configure_logging("warning")
    asyncio.run(record(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
