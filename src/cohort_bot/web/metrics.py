"""Metrics of the running bot for Prometheus; `FAMILIES` lists them all, and the reference is checked against it."""

from collections import Counter as Counts
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from cohort_bot.app.ports.health import DatabaseStats, Waiting
from cohort_bot.app.ports.watch import Attempt, InvocationResult

Kind = Literal["counter", "gauge", "histogram"]


MOST_LANES: Final = 20


@dataclass(frozen=True, slots=True)
class Family:
    """One name with all its labels."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


INVOCATIONS = Family(
    "cohort_bot_invocations_total",
    "counter",
    "What people did, by how it ended: " + ", ".join(each.value for each in InvocationResult) + ".",
    ("platform", "action", "outcome"),
)
ANSWER_TIME = Family(
    "cohort_bot_answer_seconds",
    "histogram",
    "From an invocation to its answer, without the way to the platform.",
    ("platform",),
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 3.0, 10.0),
)
TRIES = Family(
    "cohort_bot_deliveries_total",
    "counter",
    "Tries to deliver, by how they ended: " + ", ".join(each.value for each in Attempt) + ".",
    ("platform", "kind", "outcome"),
)
LAG = Family(
    "cohort_bot_delivery_lag_seconds",
    "histogram",
    "From when a message was due until the platform had it.",
    ("platform",),
    (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0),
)
WRITES = Family(
    "cohort_bot_database_write_seconds",
    "histogram",
    "From asking for a transaction until it is on disk.",
    (),
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0),
)
HELD = Family(
    "cohort_bot_writer_held_seconds",
    "histogram",
    "For how long a transaction kept all others from writing, without its commit (SQLite).",
    (),
    (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0),
)
OPEN = Family(
    "cohort_bot_deliveries_open",
    "gauge",
    "Deliveries that are not closed, in the database: ready, sending, unknown, parked.",
    ("state", "kind"),
)
PARKED = Family("cohort_bot_deliveries_parked", "gauge", "Deliveries that wait for a person to act.")
OLDEST = Family(
    "cohort_bot_oldest_undelivered_seconds", "gauge", "For how long the oldest undelivered message has been due."
)
LANES = Family(
    "cohort_bot_oldest_undelivered_in_lane_seconds",
    "gauge",
    "For how long the oldest undelivered message of a channel has been due: for the twenty worst channels, and for "
    "the direct messages of each platform (channel: direct).",
    ("platform", "channel"),
)
UNSEEN = Family(
    "cohort_bot_unseen_marks",
    "gauge",
    "Places where our posts cannot be found again by their marks, so that uncertain ones are held.",
    ("platform",),
)
CHECKINS = Family("cohort_bot_checkins", "gauge", "Check-ins on record.")
CONNECTED = Family("cohort_bot_platform_connected", "gauge", "1 when a platform can be used, else 0.", ("platform",))
DATABASE = Family("cohort_bot_database_up", "gauge", "1 when the database can be read, else 0.")

FAMILIES: Final = tuple(each for each in list(globals().values()) if isinstance(each, Family))


class Metrics:
    """Counts events (`app.ports.watch.Watch`), and reports them together with the database's figures."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._invocations = self._counter(INVOCATIONS)
        self._answers = self._histogram(ANSWER_TIME)
        self._tries = self._counter(TRIES)
        self._lag = self._histogram(LAG)
        self._writes = self._histogram(WRITES)
        self._held = self._histogram(HELD)

    def invoked(self, platform: str, action: str, outcome: InvocationResult, seconds: float) -> None:
        self._invocations.labels(platform, action, outcome.value).inc()
        self._answers.labels(platform).observe(seconds)

    def attempted(self, platform: str, kind: str, how: Attempt, late: float) -> None:
        """A delivery was tried, `late` seconds after it was due."""
        self._tries.labels(platform, kind, how.value).inc()
        if how is Attempt.SENT:
            self._lag.labels(platform).observe(max(0.0, late))

    def wrote(self, seconds: float) -> None:
        self._writes.observe(seconds)

    def held(self, seconds: float) -> None:
        self._held.observe(seconds)

    def exposition(
        self,
        standing: DatabaseStats | None,
        connected: Mapping[str, bool],
        at: datetime,
        lanes: Sequence[Waiting] = (),
    ) -> str:
        """All metrics in Prometheus's text format; without figures the database could not be read."""
        now = CollectorRegistry()
        now.register(_Now(standing, connected, at, lanes))
        return (generate_latest(self._registry) + generate_latest(now)).decode()

    def _counter(self, family: Family) -> Counter:
        return Counter(family.name, family.help, family.labels, registry=self._registry)

    def _histogram(self, family: Family) -> Histogram:
        return Histogram(family.name, family.help, family.labels, registry=self._registry, buckets=family.buckets)


class _Now:
    """Metrics that are read on request."""

    def __init__(
        self, standing: DatabaseStats | None, connected: Mapping[str, bool], at: datetime, lanes: Sequence[Waiting]
    ) -> None:
        self._standing = standing
        self._connected = connected
        self._at = at
        self._lanes = lanes

    def collect(self) -> Iterable[Metric]:
        yield _gauge(CONNECTED, {(name,): float(up) for name, up in self._connected.items()})
        yield _gauge(DATABASE, {(): float(self._standing is not None)})
        if self._standing is None:
            return
        held = self._standing.open
        oldest = self._standing.oldest_due
        yield _gauge(OPEN, {key: float(count) for key, count in held.items()})
        yield _gauge(PARKED, {(): float(sum(count for (state, _), count in held.items() if state == "parked"))})
        yield _gauge(OLDEST, {(): max(0.0, (self._at - oldest).total_seconds()) if oldest else 0.0})
        yield _gauge(LANES, self._ages())
        unseen = Counts(each.platform for each in self._standing.unseen)
        yield _gauge(UNSEEN, {(name,): float(unseen[name]) for name in self._connected.keys() | unseen.keys()})
        yield _gauge(CHECKINS, {(): float(self._standing.checkins)})

    def _ages(self) -> Mapping[tuple[str, ...], float]:
        """The oldest first, so that each channel and all direct conversations of a platform count with their oldest."""
        found: dict[tuple[str, ...], float] = {}
        for lane in self._lanes:
            labels = lane.platform, lane.channel or "direct"
            if labels not in found and (lane.channel is None or len(found) < MOST_LANES):
                found[labels] = max(0.0, (self._at - lane.due).total_seconds())
        return found


def _gauge(family: Family, samples: Mapping[tuple[str, ...], float]) -> Metric:
    found = GaugeMetricFamily(family.name, family.help, labels=family.labels)
    for labels, value in samples.items():
        found.add_metric(labels, value)
    return found
