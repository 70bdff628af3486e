"""What every test relies on: the same time zones everywhere, a printed seed when Hypothesis finds something, and for
tests marked `both_databases` a run on SQLite and one on PostgreSQL, for those marked `both_languages` one in English
and one in the pseudo-locale.
"""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from cohort_bot.bootstrap import same_time_zones_everywhere
from cohort_bot.platforms import installed
from tests.fakes import databases, published
from tests.node_packages import required, there
from tests.pseudo_locale import PseudoLocale, instead_of_english

same_time_zones_everywhere()
installed.platforms()  # sentences name platforms and commands as these say
databases.compile_statements_once()
published.LOOKS.set(True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)
    if metafunc.definition.get_closest_marker("both_languages"):
        metafunc.parametrize("language", ["english", "pseudo-locale"], indirect=True)


@pytest.fixture(autouse=True)
def database_kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """The database that `running()` and others use in this test."""
    kind: str = getattr(request, "param", "postgresql" if request.node.get_closest_marker("postgresql") else "sqlite")
    if kind == "postgresql":
        databases.need_postgres()
    databases.Current.databases = current = databases.Databases(kind)
    before = databases.open_connections()
    yield kind
    databases.Current.databases = databases.Databases("sqlite")
    left = [each for each in databases.open_connections() if each not in before]
    for each in left:
        each.close()
    current.drop()
    assert not left, "a connection is left open: close() the database, or dispose() of the engine"


@pytest.fixture(autouse=True)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """The language that the bot speaks in this test; the fakes read either."""
    said: str = getattr(request, "param", "english")
    with instead_of_english(PseudoLocale()) if said == "pseudo-locale" else contextlib.nullcontext():
        yield said


@pytest.fixture(autouse=True)
def _sends_what_is_published(request: pytest.FixtureRequest) -> Iterator[None]:
    if not request.node.get_closest_marker("deviates"):
        yield
        return
    before = set(published.SENT)
    yield
    for line in published.SENT.keys() - before:
        del published.SENT[line]


@pytest.fixture(scope="session", autouse=True)
def _no_template_stays() -> Iterator[None]:
    yield
    databases.drop_all()


# What the fakes sent is read by TypeScript when all tests have ended; each worker hands over what it has.


def pytest_testnodedown(node: Any) -> None:
    published.SENT.update(getattr(node, "workeroutput", {}).get("sent", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["sent"] = published.SENT
        if "coverage" in sys.modules and (counted := sys.modules["coverage"].Coverage.current()) is not None:
            counted.save()  # xdist kills a worker that takes ten seconds to end, and with it what it has counted
    elif there("typescript") or required():
        published.WRONG.update(published.problems(published.SENT))
        if published.WRONG and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not published.WRONG:
        return
    terminalreporter.section("the fakes do not send what Discord and Slack publish")
    for line, why in published.WRONG.items():
        terminalreporter.write_line(f"{published.SENT[line]}\n{line}\n{why}")
    terminalreporter.write_line(f"{len(published.WRONG)} of {len(published.SENT)} shapes are wrong.")
