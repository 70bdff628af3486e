"""`cohort-bot live-check`: some thirty steps on the real service, in one test room, each with what came of it.

What they make is removed at the end, also after a failure or Ctrl-C; after a crash the next run finds it by its words
and removes it first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Final, Literal

from cohort_bot.app.ports.clock import Clock
from cohort_bot.app.ports.platform import Refused, Unknown
from cohort_bot.app.table import TABLE
from cohort_bot.chat.i18n import N_, _
from cohort_bot.chat.place import Ref
from cohort_bot.live_steps import Failed, Options, Skipped, Steps, why
from cohort_bot.platforms.common.live_check import SAYS, Made, Service

State = Literal["ok", "skipped", "failed"]

RECENT: Final = timedelta(days=7)
"""A room in which other people have written within this time is not taken for a test room."""

REMOVING: Final = 120.0
"""Seconds for removing what was made, after which the rest is listed."""


class Occupied(Exception):
    """Other people have written in the room lately."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one step. Its name is English, and translated where it is shown."""

    name: str
    state: State
    says: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class Report:
    """What came of the check. `left` is what it made and could not remove, each with the reason."""

    steps: list[Step] = field(default_factory=list)
    earlier: int = 0
    """What an earlier run had left behind, and this one removed."""
    removed: int = 0
    left: list[str] = field(default_factory=list)
    stopped: bool = False

    @property
    def ok(self) -> bool:
        """Whether the check came to its end, and no step went otherwise than it should."""
        return not self.stopped and all(step.state != "failed" for step in self.steps)


class LiveCheck:
    """One run. `told` is called with each step that is over, `ask` with what a person is asked to do."""

    def __init__(
        self,
        service: Service,
        clock: Clock,
        options: Options,
        told: Callable[[Step], None],
        ask: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._service = service
        self._clock = clock
        self._options = options
        self._told = told
        self._steps = Steps(service, clock, options, ask)
        self.report = Report()

    async def run(self) -> Report:
        """Take all steps. Raises CannotStart where the service cannot be reached at all, and Occupied."""
        began = self._clock.elapsed()
        try:
            self._entering("connect")
            steps = self._steps
            steps.room = await self._service.open(self._options.room, TABLE, steps.dispatch, steps.complete)
            self._name_roles()
            self._over(N_("connect, with the commands registered"), "ok", "", began)
            await self._look_around()
            for name, step in self._steps.all():
                await self._take(name, step)
            self._name_roles()
        except (Refused, Unknown) as error:
            self._over(N_("find the room"), "failed", why(error), began)
        except asyncio.CancelledError:
            self.report.stopped = True
        finally:
            try:
                await self._clear_up()
            finally:
                await self._service.close()
        return self.report

    # What belongs to each run

    def _entering(self, step: str) -> None:
        self._service.recorder.step = step

    def _name_roles(self) -> None:
        """Say in the cassette which ids are whose."""
        room = self._steps.room
        given = {"room": room.channel, "workspace": room.workspace, "person": self._steps.person}
        nothing = {f"no {name}": value for name, value in self._service.nothing.items()}
        for name, value in {**self._service.roles(), **given, **nothing}.items():
            self._service.recorder.role(name, value)

    async def _look_around(self) -> None:
        """Whether it is a test room, and what an earlier run left in it."""
        seen = await self._steps.patiently(lambda: self._service.see(self._steps.room))
        since = self._clock.now() - RECENT
        if not self._options.anyway and any(at.astimezone(UTC) >= since for at in seen.others):
            raise Occupied
        for made in seen.made:
            self.report.earlier += await self._remove(made)

    async def _take(self, name: str, step: Callable[[], Awaitable[str | None]]) -> None:
        began = self._clock.elapsed()
        self._entering(name)
        try:
            says = await step()
            self._over(name, "ok", says or "", began)
        except Skipped as skipped:
            self._over(name, "skipped", str(skipped), began)
        except (Refused, Unknown, Failed) as error:
            self._over(name, "failed", why(error), began)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other steps are taken and all is removed
            self._over(name, "failed", type(error).__name__, began)

    def _over(self, name: str, state: State, says: str, began: float) -> None:
        step = Step(name, state, says, round(self._clock.elapsed() - began, 3))
        self.report.steps.append(step)
        self._told(step)

    async def _clear_up(self) -> None:
        """Remove everything; what cannot be removed, or found, is listed."""
        room = getattr(self._steps, "room", None)
        if room is None:
            return
        self._entering("clear up")
        try:
            async with asyncio.timeout(REMOVING):
                for place in filter(None, (room, self._steps.direct)):
                    seen = await self._steps.patiently(lambda p=place: self._service.see(p))  # type: ignore[misc]
                    for made in seen.made:
                        self.report.removed += await self._remove(made)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - whatever it is, somebody has to look
            self.report.left.append(_("what begins with “{words}” in the room ({why})", words=SAYS, why=why(error)))

    async def _remove(self, made: Made) -> bool:
        try:
            await self._steps.patiently(lambda: self._service.remove(made))
        except (Refused, Unknown) as error:
            link = self._service.platform.link(Ref(made.place, made.id)) if made.kind in {"message", "thread"} else ""
            self.report.left.append(f"{made.kind} {made.id} {link or ''} ({why(error)})".replace("  ", " "))
            return False
        return True


def as_json(platform: str, report: Report) -> Mapping[str, object]:
    """For scripts."""
    steps = [
        {"name": each.name, "state": each.state, "says": each.says, "seconds": each.seconds} for each in report.steps
    ]
    counts = {"removed": report.removed, "removed_of_earlier_runs": report.earlier}
    return {"ok": report.ok, "platform": platform, "steps": steps, "left": report.left, **counts}


def summary(report: Report) -> str:
    """The end of what is shown."""
    states = [step.state for step in report.steps]
    counts = {state: states.count(state) for state in ("ok", "skipped", "failed")}
    lines = [_("{ok} went well, {skipped} skipped, {failed} failed.", **counts)]
    lines += [_("Stopped before the end.")] if report.stopped else []
    lines += [_("Removed what an earlier run had left: {n}.", n=report.earlier)] if report.earlier else []
    lines += [_("Everything that was made has been removed.")] if not report.left else []
    lines += [_("Not removed, please do it by hand: {what}", what=each) for each in report.left]
    return "\n".join(lines)
