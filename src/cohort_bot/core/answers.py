"""Recognises answers that mean nothing: "none", "–", "n/a" are no answer, and no blocker.

Only a whole answer of such words counts: "no progress because my laptop broke" is an answer.
"""

import re
import unicodedata
from difflib import SequenceMatcher
from typing import Final

LONGEST: Final = 80
"""An answer with more characters than this always counts as one."""

_NONE: Final = (
    # English, with "n/a" and "N. A." reduced to their letters
    r"no+|none|non|nope|nop|nah|nay|nothing|nil|null|zero|0|n a|na|not applicable|not any|not really|nothing really",
    r"not at all|nothing much|nothing special",
    # German
    r"nein|nö|nee|kein|keine|keiner|keines|keins|keinen|nichts|nix|k a|entfällt|gar nichts|gar keine",
    # Spanish, Portuguese, French, Italian
    r"nada|ninguno|ninguna|ningún|ningun|ningunos|ningunas|nenhum|nenhuma|não|nao|rien|aucun|aucune|néant|ras|r a s",
    r"niente|nessuno|nessuna|nulla",
    # Dutch, Danish, Norwegian, Swedish, Finnish
    r"geen|niets|nvt|n v t|nej|nei|ingen|inget|inga|intet|ingenting|ei|ei mitään",
    # Polish, Czech, Russian, Ukrainian, Turkish
    r"nie|nic|brak|żadne|ne|žádné|нет|ничего|никаких|ні|немає|нема|нічого|yok|hayır|hiç",
    # Chinese, Japanese, Korean, Hindi, Indonesian, Vietnamese, Hebrew, Arabic, Persian
    r"无|無|没有|沒有|暂无|暫無|なし|無し|ない|特になし|ありません|特にありません|없음|없어요|없습니다",
    r"नहीं|कोई नहीं|कुछ नहीं",
    r"tidak ada|tidak|không|không có|không có gì|לא|אין|כלום|لا|لا شيء|لا يوجد|ندارم|هیچ",
)
_HINDRANCES: Final = (
    r"(?:blockers?|blocks?|blocking|issues?|problems?|obstacles?|impediments?|hurdles?|difficult(?:y|ies)|complaints?"
    r"|blocker|hindernisse?|probleme?|bloqueos?|problemas?|bloqueios?|obstáculos?|blocages?|problèmes?|problem[ai])"
)
_LIMITS: Final = (
    r"(?:at all|so far|yet|really|currently|right now|for now|now|at the moment|at present|today|this week|this time"
    r"|to report|to add|new|thanks|thank you|bisher|aktuell|derzeit|zurzeit|danke|por ahora|por agora|gracias"
    r"|obrigad[oa]|pour le moment|pour l instant|merci)"
)
_HAVING: Final = r"(?:(?:i|we) (?:have|had|got|see|saw)|there (?:is|are|was|were)|there s|i ve(?: got)?|it s|currently)"
_NOT_HAVING: Final = r"(?:(?:i|we) (?:do not|don t|did not|didn t) have|(?:i|we) (?:have not|haven t|have n t)) any"
_NO_ANSWER: Final = re.compile(
    rf"(?:{_HAVING} )?(?:(?:{'|'.join(_NONE)})(?: |$))+(?:{_HINDRANCES}(?: |$))?(?:{_LIMITS}(?: |$))*|"
    rf"(?:sin|sem|sans|without|ohne) {_HINDRANCES}(?: {_LIMITS})*|"
    rf"{_NOT_HAVING}(?: {_HINDRANCES})?(?: {_LIMITS})*"
)
_ALL_WELL: Final = re.compile(
    rf"(?:(?:{'|'.join(_NONE)}) )*"
    r"(?:(?:everything|all|it|things)(?: is| s| are)? )?(?:(?:all|going) )?(?:good|fine|ok|okay|well|clear|great)"
    rf"(?: (?:here|so far|{_LIMITS}))*|"
    r"(?:nothing (?:(?:is |was |that )?(?:blocks|blocked|blocking|stops|stopping) (?:me|us)"
    r"|(?:is |was |stands )?in (?:my|our|the) way)|(?:i am |i m |we are |we re )?(?:not (?:blocked|stuck)|unblocked))"
    rf"(?: {_LIMITS})*"
)


def answer(text: str) -> str:
    """The answer as it was written; empty when it means "none" in one of some twenty languages."""
    if len(text) > LONGEST:
        return text
    words = _words(text)
    if words:
        return "" if _NO_ANSWER.fullmatch(words) else text
    # Without a letter or a digit: dashes and dots mean nothing, an emoji may.
    return text if any(unicodedata.category(sign) == "So" for sign in text) else ""


def blocker(text: str) -> str:
    """The blocker; empty when the text means that there is none, and for an emoji alone."""
    if len(text) > LONGEST:
        return text
    words = _words(text)
    return text if words and answer(text) and not _ALL_WELL.fullmatch(words) else ""


def same_blocker(before: str, now: str) -> bool:
    """Whether two blockers, one check-in after the other, are the same one: they share a word that says what it is, or
    the later one only refers to the earlier. In doubt they are the same: a moderator looks once too often.
    """
    first, second = _words(before), _words(now)
    about, again = _telling(first), _telling(second)
    if not about or not again or about & again:
        return True
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _ALIKE


def subjects(text: str) -> frozenset[str]:
    """The beginnings of the words that say what a text is about."""
    return _telling(_words(text))


_ALIKE: Final = 0.6
_STEM: Final = 5
"""So many first letters of a word tell it from others: "review" and "reviews" are one."""

_COMMON: Final = (
    "the a an and or but my our your his her its their this that these those with from for of to in on at by as is "
    "are was were be been am i me we us you he she it they them do does did done have has had can could cannot will "
    "would should not no none any some still again same yet last now more than too very just also week round month "
    "before get got getting need needs needed wait waiting there here what which who when how why so if because about "
    "der die das den dem des ein eine einen einem einer und oder aber mein meine meinen meinem meiner dein unser "
    "unsere dieser diese dieses mit von für zu zum zur im in am an auf bei aus nach vor ist war sind waren bin sein "
    "werden wird ich mich mir wir uns du sie er es habe hat haben hatte kann konnte muss musste soll nicht kein keine "
    "keinen noch immer wieder schon jetzt gerade mehr als sehr nur auch wie letzte letzten woche runde monat vorher "
    "gleiche selbe dasselbe hier was wer wann warum weil wenn dass da über "
    "el la los las un una unos unas y o pero mi mis tu su sus nuestro este esta esto eso con de del para por en a al "
    "es era son fue estoy está estaba soy yo me nos lo le se he ha hemos tengo tiene tenía puedo pude hay había no ni "
    "ningún ninguna algo todavía aún otra vez sigo igual mismo misma que pasada pasado última último semana ronda mes "
    "antes más muy solo también ya ahora aquí cómo como cuando porque si sobre sin"
)
"""Of English, German and Spanish."""

_TELLS_NOTHING: Final = frozenset(_COMMON.split())


def _telling(words: str) -> frozenset[str]:
    """The beginnings of the words that say what a text is about."""
    return frozenset(word[:_STEM] for word in words.split() if len(word) > 1 and word not in _TELLS_NOTHING)


def _words(text: str) -> str:
    """The letters and digits, words one space apart: case, punctuation, emoji and width make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii():
        return " ".join(_PLAIN_WORD.findall(folded))
    kept = (sign if unicodedata.category(sign)[0] in "LMN" and sign not in _JOINERS else _gap(sign) for sign in folded)
    return " ".join("".join(kept).split())


_PLAIN_WORD: Final = re.compile("[a-z0-9]+")
_JOINERS: Final = "\ufe0e\ufe0f\u20e3"
"""Marks that only choose how an emoji is drawn."""


def _gap(sign: str) -> str:
    return "" if unicodedata.category(sign) == "Cf" or sign in _JOINERS else " "
