"""What is an answer, and what is none: by the whole of it, in any case and spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_bot.core.answers import LONGEST, answer, blocker, same_blocker, subjects
from cohort_bot.core.checkins import Status
from cohort_bot.core.risks import risks

NONE = (
    "none", "None.", "NONE!", "no", "No", "nooo", "nope", "Nah.", "-", "–", "—", "--", "...", "…", "?", "n/a", "N/A",
    "N.A.", "na", "nothing", "Nothing at all", "nothing yet", "none so far :)", "“none”", "(none)", " - none - ", "*",
    "No blockers", "no blocker this week", "no issues, thanks", "No, nothing.", "no\u200b", "\u200b",
    "Ｎｏｎｅ", "zero",
    "none 🎉", "nein", "keine", "Keine Probleme", "nichts", "nix", "nada", "ninguno", "Ninguna", "nenhum", "não",
    "rien", "aucun", "Aucune", "niente", "nessuno", "geen", "inga", "brak", "нет", "无", "なし", "없음", "sin bloqueos",
    "nothing much", "not at all", "I have none", "I don't have any", "I have no blockers", "there is nothing",
    "There’s none",
    "n\u200bone", "n\ufe0fone", "0\ufe0f\u20e3",
    "暂无", "ありません", "אין", "لا شيء", "لا يوجد", "कुछ नहीं", "không có",
)  # fmt: skip
CLEAR = ("🎉", "👍🏽", "👩🏽‍🚀", "All good", "Nope, all good", "everything is fine", "ok", "😀 😀",
    "Nothing is in my way right now", "nothing blocks me", "I’m not blocked", "not stuck at the moment",
)  # fmt: skip
BLOCKERS = (
    "no progress because my laptop broke", "No GPU", "no time", "Nothing works", "nothing but trouble", "No idea how",
    "none of my files open", "no one answers", "noone", "nobody reviews my work", "no news from my mentor",
    "Nina is ill", "keine Zeit", "nada funciona", "rien ne marche", "not good", "I am not ok", "no wifi",
    "nan in the loss", "week 0", "+1", "x", "I have no time", "I don't have any time", "there is no quiet place",
    "not stuck but slow",
    "there is nothing that works", "nothing in the course", "not yet sure what to do",
)  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_a_word_for_nothing_is_no_answer_and_no_blocker(text: str) -> None:
    assert (answer(text), blocker(text)) == ("", "")


@pytest.mark.parametrize("text", CLEAR)
def test_a_picture_alone_is_an_answer_but_no_blocker(text: str) -> None:
    assert (answer(text), blocker(text)) == (text, "")


@pytest.mark.parametrize("text", BLOCKERS)
def test_what_says_something_stays_as_it_was_written(text: str) -> None:
    assert (answer(text), blocker(text)) == (text, text)


def test_what_is_longer_than_eighty_characters_is_never_none() -> None:
    none, fine = "no" + 26 * " no", "fine" + 19 * " now"
    assert len(none) == len(fine) == 80
    assert (answer(none), blocker(none), blocker(fine)) == ("", "", "")
    longer = none + ".", fine + "."
    assert (answer(longer[0]), *map(blocker, longer)) == (longer[0], *longer)


@given(st.text(max_size=2 * LONGEST))
def test_any_text_is_itself_or_nothing(text: str) -> None:
    assert answer(text) in {"", text}
    assert blocker(text) in {"", answer(text)}


@pytest.mark.parametrize(("written", "stuck"), [("none", 0), ("👍", 0), ("my laptop broke", 1)])
def test_only_a_blocker_twice_in_a_row_is_a_reason(written: str, stuck: int) -> None:
    assert len(risks([Status.ON_TIME] * 2, {1: written, 2: written})) == stuck


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("No GPU", "no gpu."),
        ("No GPU yet", "Still waiting for the GPU"),
        ("Waiting for a review", "Reviews take weeks"),
        ("My laptop broke", "same as last week"),
        ("Mein Laptop ist kaputt", "Immer noch mein Laptop"),
        ("Mein Laptop ist kaputt", "wie letzte Woche"),
        ("No entiendo las derivadas", "Las derivadas, otra vez"),
        ("No entiendo las derivadas", "lo mismo que la semana pasada"),
        ("No time: work is busy", "Again no time"),
        ("没有显卡", "还是没有显卡"),
        ("Meine Grafikkarte fehlt", "Grafikkarte fehlt immer noch"),
        ("The model won't train", "Training crashes on Mondays"),  # five letters tell a word
        ("My VM is too small", "Nobody starts the VM"),
        ("没有显卡了", "没有显示器"),  # three signs of five
        ("我没有显卡所以不能训练模型" * 20, "还是" + "我没有显卡所以不能训练模型" * 20),
    ],
)
def test_the_same_blocker_in_other_words(before: str, now: str) -> None:
    assert same_blocker(before, now)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("No GPU", "My proof has a gap"),
        ("Waiting for the quota at AWS", "I cannot follow chapter 4 of Bishop"),
        ("The flu", "My dataset is too large for the disk"),
        ("Kein Strom am Montag", "Der Beweis in Kapitel vier"),
        ("Ich habe die Grippe", "Die Quote bei AWS ist zu klein, und ich komme nicht weiter"),
        ("No tengo tarjeta gráfica", "No me sale la demostración del capítulo cuatro"),
        ("Chapter 4 is dense", "Exercise 4 confuses me"),  # one sign tells nothing
        ("没有显卡", "没有时间"),
    ],
)
def test_two_blockers_that_differ(before: str, now: str) -> None:
    assert not same_blocker(before, now)


def test_a_text_is_about_its_telling_words() -> None:
    assert subjects("My reviews of the VM: reviewing 4 proofs") == {"revie", "vm", "proof"}


def test_the_same_words_are_found_with_and_without_a_sign_beyond_ascii() -> None:
    for sign in map(chr, range(128)):
        text = f"Gradients{sign}of loss{sign}"
        assert subjects(text) == subjects(f"{text} 🎉"), sign
