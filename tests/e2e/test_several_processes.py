"""Two processes share one PostgreSQL: one is killed, the server is restarted, and each message is visible once."""

import sys

import pytest

from tests.harness import crowd

pytestmark = [
    pytest.mark.process,
    pytest.mark.postgresql,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="starts Debian's PostgreSQL"),
]


async def test_messages_come_once_through_a_kill_and_a_restart_of_the_server() -> None:
    """`make bench` does the same with ten thousand."""
    outcome = await crowd.run(400)
    assert outcome.wrong == [], outcome.log[-4000:]
    assert outcome.expected == 400
