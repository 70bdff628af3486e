"""Pictures for chat, as SVG: one's own way and the cohort's heat map, each with its ground and colours in itself. Pure.

Dark, because a dark picture disturbs nobody in a light window; where a browser shows them they follow its colours. What
is written in them also stands beside them, in the same order: a machine without fonts draws the shapes alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from cohort_bot.app.pictures.board import CELL, SHIELD, square_kind
from cohort_bot.chat.characters import columns, cut
from cohort_bot.core.checkins import SKIPS, Status

WIDTH: Final = 560
"""As wide as chat services show a picture on a desk, in CSS pixels."""

ROUNDS_MOST: Final = 52
"""A year: with more the shapes cannot be told from each other."""

_EDGE: Final = 16
FONTS: Final = "DejaVu Sans, Noto Sans, Liberation Sans, Segoe UI, Helvetica, Arial, sans-serif"
_STYLE: Final = f"""
.ground{{fill:#11181e}}
text{{font-family:{FONTS};font-size:12px;fill:#e8edf1}}
.quiet{{fill:#b3bec8}}
.end{{text-anchor:end}}
.middle{{text-anchor:middle}}
.shape{{fill:#7cc7e0}}
.dot{{fill:#b3bec8}}
.bars{{fill:none;stroke:#b3bec8;stroke-width:1.8}}
.stroke{{fill:none;stroke:#ff9a94;stroke-width:1.8}}
.squares rect{{stroke-width:1.5;fill-opacity:0}}
.squares .made rect{{fill-opacity:1}}
.squares .ahead rect{{stroke-opacity:.5}}
.squares .missed rect,.squares .forgiven rect{{stroke-dasharray:3 3}}
.squares .open rect{{stroke-width:3}}
.shield{{fill:none;stroke:#7cc7e0;stroke-width:1.6}}
.left{{fill:#7cc7e0}}
@media (prefers-color-scheme:light){{
.ground{{fill:#f6f8f9}}text{{fill:#16202a}}.quiet,.dot{{fill:#4a5866}}
.shape,.left{{fill:#1b6480}}.shield{{stroke:#1b6480}}.bars{{stroke:#4a5866}}.stroke{{stroke:#a3262a}}}}
""".replace("\n", "")

_SHAPES: Final = {
    Status.ON_TIME: ("shape", "m1.2 6a4.8 4.8 0 1 1 9.6 0a4.8 4.8 0 1 1-9.6 0z"),
    Status.LATE: ("shape", "m1.6 6.4h8.8v4h-8.8z"),
    Status.OPEN: (
        "dot",
        "".join(f"m{move}a1.1 1.1 0 1 1 2.2 0a1.1 1.1 0 1 1-2.2 0z" for move in ("1.6 6", "3.3 0", "3.3 0")),
    ),
    Status.FORGIVEN: ("dot", "m3.6 6a2.4 2.4 0 1 1 4.8 0a2.4 2.4 0 1 1-4.8 0z"),
    Status.MISSED: ("stroke", "m2.5 2.5l7 7m0-7l-7 7"),
    Status.BREAK: ("bars", "m4 2v8m4-8v8"),
    Status.EXCUSED: ("bars", "m2 6h8"),
}
"""The shapes of the board: how each is drawn, and its path from the corner of a cell."""

_SQUARE: Final = 20
_A_ROW: Final = (WIDTH - 2 * _EDGE) // _SQUARE
_NAME: Final = 166
"""Where a member's rounds begin."""
_NAME_MOST: Final = 16
_LINE: Final = 17
_CELL_MOST: Final = 14.0
_NUMBERED: Final = 4
"""Of so many rounds one has its number, and the first."""
_NARROW: Final = 400
_LETTER: Final = 6.9
"""About as wide as a letter is."""


@dataclass(frozen=True, slots=True)
class PhaseWeeks:
    """A phase's weeks with their statuses; `title` says how far one is in it."""

    title: str
    colour: str
    weeks: Sequence[Status]


def way(phases: Sequence[PhaseWeeks], skips_left: int, streak: str) -> str:
    """A member's weeks as squares in the colours of their phases; below them the skips that are left, as shields, and
    the streak in words.
    """
    drawn: list[Markup] = []
    y = _EDGE
    for phase in phases:
        drawn.append(_text(_EDGE, y + 10, phase.title))
        y += 18
        head = Markup('<g class="squares" fill="{}" stroke="{}" transform="translate({} {})">')
        drawn.append(head.format(phase.colour, phase.colour, _EDGE, y))
        for number, status in enumerate(phase.weeks):
            square = Markup('<g class="{}"><rect x="{}" y="{}" width="16" height="16" rx="4"/></g>')
            x = number % _A_ROW * _SQUARE
            drawn.append(square.format(square_kind(status), x + 1, number // _A_ROW * _SQUARE + 1))
        drawn.append(Markup("</g>"))
        y += -(-len(phase.weeks) // _A_ROW) * _SQUARE + 10
    for number in range(SKIPS):
        shield = Markup('<path class="shield{}" d="M{} {}{}"/>')
        drawn.append(shield.format(" left" if number < skips_left else "", _EDGE + 8 + number * 22, y + 1, SHIELD))
    drawn.append(_text(_EDGE + SKIPS * 22 + 8, y + 13, streak, "quiet"))
    return _picture(y + 18 + _EDGE, drawn)


def heat_map(first: int, people: Sequence[tuple[str, Sequence[Status]]], legend: Sequence[tuple[Status, str]]) -> str:
    """Members by rounds from round `first` on, numbered and with their names, and what the shapes mean."""
    number = max((len(statuses) for _, statuses in people), default=0)
    cell = min(_CELL_MOST, (WIDTH - _NAME - _EDGE) / max(1, number))
    wide = max(_NARROW, round(_NAME + number * cell + _EDGE))
    top = _EDGE + 16
    names = [
        _text(_EDGE + 14, top + place * _LINE + 12, str(place + 1), "quiet end")
        + _text(_EDGE + 22, top + place * _LINE + 12, cut(_written(name), _NAME_MOST, columns))
        for place, (name, _) in enumerate(people)
    ]
    y = top + len(people) * _LINE
    # Whatever a name's letters are as wide as, it ends where the rounds begin.
    ground = Markup('<rect class="ground" x="{}" y="{}" width="{}" height="{}"/>').format(
        _NAME - 6, top, wide - _NAME, y - top
    )
    heads = [
        _text(_NAME + (each + 0.5) * cell, _EDGE + 8, str(first + each), "quiet middle")
        for each in {0, *range(number - 1, _NUMBERED // 2, -_NUMBERED)}
    ]
    places: dict[Status, list[tuple[float, float]]] = {}
    for place, (_, statuses) in enumerate(people):
        for each, status in enumerate(statuses):
            corner = _NAME + each * cell, top + place * _LINE + (_LINE - cell) / 2
            places.setdefault(status, []).append(corner)
    drawn = [*names, ground, *heads, *(_shapes(status, corners, cell) for status, corners in places.items())]
    x, y = float(_EDGE), y + 14
    for status, meaning in legend:
        room = 30 + columns(meaning) * _LETTER
        if x + room > wide:
            x, y = float(_EDGE), y + 20
        drawn += [_shapes(status, [(x, y)], CELL), _text(x + 18, y + 10, meaning, "quiet")]
        x += room
    return _picture(y + 14 + _EDGE, drawn, wide)


def _shapes(status: Status, corners: Iterable[tuple[float, float]], cell: float) -> Markup:
    """The status's shape in the cells with these corners."""
    if status not in _SHAPES:
        return Markup()
    kind, path = _SHAPES[status]
    scale = cell / CELL
    drawn = "".join(f"M{x / scale:.1f} {y / scale:.1f}{path}" for x, y in corners)
    return Markup('<path class="{}" transform="scale({:.4f})" d="{}"/>').format(kind, scale, drawn)


def _written(words: str) -> str:
    """The words without the characters that SVG cannot hold."""
    return "".join(each for each in words if each.isprintable())


def _text(x: float, y: float, words: str, kind: str = "") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.0f}">{}</text>').format(kind, x, y, _written(words))


def _picture(tall: float, drawn: Iterable[Markup], wide: int = WIDTH) -> str:
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}"><style>{style}</style>'
        '<rect class="ground" width="{w}" height="{h}" rx="8"/>'
    ).format(w=wide, h=round(tall), style=_STYLE)
    return head + Markup("").join(drawn) + Markup("</svg>")
