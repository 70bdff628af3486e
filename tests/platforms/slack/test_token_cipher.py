"""Sealing and opening with keys that change."""

import pytest

from cohort_bot.platforms.slack.token_cipher import TokenCipher, Unreadable, WeakKey

OLD, NEW, OTHER = "an old key of 16+ characters", "a new key of 16+ characters", "quite another key altogether"


def test_what_is_sealed_is_opened_and_cannot_be_read() -> None:
    cipher = TokenCipher(NEW)
    sealed = cipher.seal("xoxb-secret")
    assert "xoxb" not in sealed
    assert sealed != cipher.seal("xoxb-secret")
    assert cipher.open(sealed) == ("xoxb-secret", False)


def test_the_first_key_seals_and_all_open() -> None:
    sealed = TokenCipher(OLD).seal("x")
    both = TokenCipher(f"{NEW}, {OLD},")
    assert both.open(sealed) == ("x", True)
    assert TokenCipher(NEW).open(both.seal("x")) == ("x", False)
    with pytest.raises(Unreadable):
        TokenCipher(OLD).open(both.seal("x"))


def test_anything_else_is_not_opened() -> None:
    for sealed in ("", "x", "gAAAA", TokenCipher(OTHER).seal("x"), TokenCipher(NEW).seal("x")[:-2] + "AA"):
        with pytest.raises(Unreadable):
            TokenCipher(f"{NEW},{OLD}").open(sealed)


@pytest.mark.parametrize("key", ["", " , ", "fifteen letters", f"{NEW},short"])
def test_a_key_that_is_too_short_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(WeakKey, match="SECRET_KEY needs at least 16") as error:
        TokenCipher(key)
    assert "\n" not in str(error.value)
    assert "short" not in str(error.value)
    assert "fifteen" not in str(error.value)
