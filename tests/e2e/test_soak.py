"""A small soak: two cohorts on both platforms with faults. `make soak` runs twenty for a quarter, and judges memory."""

import logging
from pathlib import Path

import pytest

from tests.fakes.databases import Current
from tests.harness.soak import Size, soak


@pytest.mark.long
async def test_two_weeks_with_faults_on_both_platforms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    caplog.set_level(logging.CRITICAL, "aiohttp.server")  # connections are broken on purpose
    outcome = await soak(Size(cohorts=2, members=5, weeks=1, seed=1), tmp_path)
    assert outcome.violations == [], outcome.log
    assert outcome.expected > 30
    assert sum(outcome.faults.values()) > 5, "there were faults"
    assert len(outcome.crowd.seconds) > 25


@pytest.mark.postgresql
@pytest.mark.long
async def test_a_week_with_faults_where_two_processes_deliver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    caplog.set_level(logging.CRITICAL, "aiohttp.server")  # connections are broken on purpose
    outcome = await soak(Size(cohorts=2, members=5, weeks=1, seed=1), tmp_path, Current.databases.url(tmp_path))
    assert outcome.violations == [], outcome.log
    assert outcome.expected > 30
    carried = [(tmp_path / f"{role}.log").read_text(encoding="utf-8").count('"sent"') for role in ("all", "courier")]
    assert min(carried) > 5, "both deliver"
