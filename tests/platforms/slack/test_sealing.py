"""Sealing and opening with keys that change."""

import pytest

from cohort_bot.platforms.slack.sealing import Sealer, Unreadable, WeakKey

OLD, NEW, OTHER = "an old key of 16+ characters", "a new key of 16+ characters", "quite another key altogether"


def test_what_is_sealed_is_opened_and_cannot_be_read() -> None:
    sealer = Sealer(NEW)
    sealed = sealer.seal("xoxb-secret")
    assert "xoxb" not in sealed
    assert sealed != sealer.seal("xoxb-secret")
    assert sealer.open(sealed) == ("xoxb-secret", False)


def test_the_first_key_seals_and_all_open() -> None:
    sealed = Sealer(OLD).seal("x")
    both = Sealer(f"{NEW}, {OLD},")
    assert both.open(sealed) == ("x", True)
    assert Sealer(NEW).open(both.seal("x")) == ("x", False)
    with pytest.raises(Unreadable):
        Sealer(OLD).open(both.seal("x"))


def test_anything_else_is_not_opened() -> None:
    for sealed in ("", "x", "gAAAA", Sealer(OTHER).seal("x"), Sealer(NEW).seal("x")[:-2] + "AA"):
        with pytest.raises(Unreadable):
            Sealer(f"{NEW},{OLD}").open(sealed)


@pytest.mark.parametrize("key", ["", " , ", "fifteen letters", f"{NEW},short"])
def test_a_key_that_is_too_short_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(WeakKey, match="SECRET_KEY needs at least 16") as error:
        Sealer(key)
    assert "\n" not in str(error.value)
    assert "short" not in str(error.value)
    assert "fifteen" not in str(error.value)
