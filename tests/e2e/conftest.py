"""Chromium for the modules that look at pages."""

from collections.abc import Iterator

import pytest

from tests.e2e import page


@pytest.fixture(scope="module")
def chromium() -> Iterator[None]:
    """What `page.browser` opens its pages in."""
    with page.chromium():
        yield
