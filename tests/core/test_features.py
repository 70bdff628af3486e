"""What is on in a cohort, as it is stored."""

import pytest

from cohort_bot.core.features import GENTLE, Feature, as_text, from_text


@pytest.mark.parametrize("on", [frozenset(), frozenset({Feature.QUIET}), frozenset(Feature)])
def test_what_is_stored_is_read_again(on: frozenset[Feature]) -> None:
    assert from_text(as_text(on)) == on


def test_what_came_after_a_decision_is_as_it_is_for_everybody_and_what_is_gone_is_ignored() -> None:
    assert from_text("") == GENTLE
    assert from_text("-outreach newspaper") == GENTLE - {Feature.OUTREACH}
