"""The figures of a running bot, as Prometheus reads them, and the page that explains them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from cohort_bot.app.ports.health import DatabaseStats, Waiting
from cohort_bot.app.ports.platform import Reason, Refused, Unknown
from cohort_bot.app.ports.watch import Attempt, InvocationResult
from cohort_bot.bootstrap import exposition
from cohort_bot.web.metrics import FAMILIES, MOST_LANES, Metrics
from tests.fakes.bot import running

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs/reference/metrics.md"


def samples(text: str) -> dict[str, float]:
    """`name{label=value,…}` -> value."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[sample.name + (f"{{{labels}}}" if labels else "")] = sample.value
    return found


async def test_a_week_in_figures(tmp_path: Path) -> None:
    metrics = Metrics()
    async with running(tmp_path, watch=metrics) as bot:
        written = exposition(bot.runtime, metrics)
        await bot.create()
        await bot.join("member-1")
        bot.chat.fail_next(Refused(Reason.BUSY), Unknown("reset"))
        await bot.until(MONDAY)
        await bot.check_in("member-1", tasks=("1",))
        await bot.say("member-1", "/checkin round:9")
        await bot.settle()
        bot.chat.fail_next(Refused(Reason.NOT_ALLOWED))
        await bot.days(7)
        found = samples(await written())
    assert found["cohort_bot_invocations_total{action=checkin.save,outcome=answered,platform=local}"] == 1
    assert found["cohort_bot_invocations_total{action=checkin,outcome=refused,platform=local}"] == 1
    assert found["cohort_bot_answer_seconds_count{platform=local}"] >= 4
    tries = {
        how: found.get(f"cohort_bot_deliveries_total{{kind=opening,outcome={how},platform=local}}")
        for how in ("sent", "retried", "uncertain", "parked")
    }
    assert tries == {"sent": 1, "retried": 1, "uncertain": 1, "parked": 1}
    assert found["cohort_bot_delivery_lag_seconds_count{platform=local}"] >= 2
    assert found["cohort_bot_deliveries_open{kind=opening,state=parked}"] == 1
    assert found["cohort_bot_deliveries_parked"] == 1
    assert found["cohort_bot_oldest_undelivered_seconds"] == 0
    assert found["cohort_bot_checkins"] == 1
    assert found["cohort_bot_platform_connected{platform=local}"] == 1
    assert found["cohort_bot_database_up"] == 1
    assert found["cohort_bot_database_write_seconds_count"] > 5


async def test_what_is_overdue_is_told_by_its_age(tmp_path: Path) -> None:
    metrics = Metrics()
    async with running(tmp_path, watch=metrics) as bot:
        await bot.create()
        bot.runtime.courier.stop()
        bot.clock.move_to(MONDAY)
        await bot.runtime.ticker.tick()
        bot.clock.move_to(MONDAY + timedelta(minutes=7))
        found = samples(await exposition(bot.runtime, metrics)())
        problems = [finding.problem for finding in await bot.runtime.findings()]
    assert found["cohort_bot_oldest_undelivered_seconds"] == 420
    assert found["cohort_bot_oldest_undelivered_in_lane_seconds{channel=general,platform=local}"] == 420
    problem = "A post for local general has been due since 2027-01-04 08:00 UTC: I don't know why."
    assert problems == [problem]


def test_so_many_lanes_are_told_and_nobody_by_name() -> None:
    def lane(name: str) -> Waiting:
        return Waiting(name, "slack", 1, MONDAY, "ready", 0, MONDAY, None, None)

    rooms = [lane(f"room:slack:T1:C{number}") for number in range(50)]
    people = [lane(f"account:{number}") for number in range(50)]
    standing = DatabaseStats({}, MONDAY, 0, None)
    written = Metrics().exposition(standing, {}, MONDAY + timedelta(seconds=60), [*people, *rooms, lane("account:7")])
    found = {name for name in samples(written) if "in_lane" in name}
    assert len(found) == MOST_LANES
    assert "cohort_bot_oldest_undelivered_in_lane_seconds{channel=direct,platform=slack}" in found


def test_a_database_that_cannot_be_read_is_told_and_the_rest_still_comes() -> None:
    metrics = Metrics()
    metrics.invoked("local", "join", InvocationResult.ANSWERED, 0.1)
    found = samples(metrics.exposition(None, {"slack": False}, MONDAY))
    assert found["cohort_bot_database_up"] == 0
    assert found["cohort_bot_platform_connected{platform=slack}"] == 0
    assert found["cohort_bot_invocations_total{action=join,outcome=answered,platform=local}"] == 1
    assert "cohort_bot_deliveries_parked" not in found


def test_every_family_is_written_and_on_the_page_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    listed = [(name, kind, tuple(re.findall(r"`(\w+)`", labels)), says) for name, kind, labels, says in rows]
    assert listed == [(each.name, each.kind, each.labels, each.help) for each in FAMILIES]

    metrics = Metrics()
    metrics.invoked("local", "join", InvocationResult.ANSWERED, 0.1)
    metrics.attempted("local", "opening", Attempt.SENT, 0.1)
    metrics.wrote(0.1)
    metrics.held(0.1)
    text = metrics.exposition(None, {}, MONDAY)
    own = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE") and "_created" not in line}
    assert own <= {each.name for each in FAMILIES}
