"""Processes of every role share one PostgreSQL; some are killed, the server is restarted: each post comes once."""

import sys

import pytest

from tests.harness import multi_process, simultaneous

pytestmark = [
    pytest.mark.process,
    pytest.mark.postgresql,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="starts Debian's PostgreSQL"),
]


@pytest.mark.timeout(300)
async def test_every_post_comes_once_and_everybody_is_answered_through_kills_and_a_restart_of_the_server() -> None:
    """`make bench` does the same with ten thousand, and with the leases of `cohort-bot run` itself."""
    outcome = await multi_process.run(120, short=True)
    assert outcome.wrong == [], outcome.log[-6000:]
    assert [what.split(" after ")[0] for what in outcome.happened] == [
        "a courier killed",
        "a gateway killed",
        "PostgreSQL restarted",
    ]


@pytest.mark.timeout(300)
async def test_ten_who_join_and_share_at_once_in_each_of_four_rooms_stop_no_room() -> None:
    wrong, log = await simultaneous.run(short=True)
    assert wrong == [], log[-6000:]
