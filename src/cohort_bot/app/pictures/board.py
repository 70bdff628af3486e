"""Pictures of the board as SVG: rounds as shapes, the curve of who stays, weeks as squares. Pure.

What a shape says does not hang on its colour, and each picture has its content as text beside it.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup

from cohort_bot.core.checkins import Status

CELL: Final = 12
A_LINE: Final = 39
"""Rounds in one piece of a row, nine months: where a row is too long for the page, it breaks between pieces."""

WIDTH, TALL, LEFT, TOP, BELOW = 640, 180, 76, 16, 28
"""Of curve and columns, in their own units."""

QUARTER: Final = 13
"""Rounds between two numbers of an axis."""

_CLASSES: Final = {
    Status.ON_TIME: "on-time",
    Status.LATE: "late",
    Status.OPEN: "open",
    Status.FORGIVEN: "forgiven",
    Status.MISSED: "missed",
    Status.BREAK: "break",
    Status.EXCUSED: "excused",
}

_STROKES: Final = {
    Status.ON_TIME: "n",
    Status.LATE: "l",
    Status.OPEN: "o",
    Status.FORGIVEN: "f",
    Status.MISSED: "mw",
    Status.BREAK: "b",
    Status.EXCUSED: "e",
}
"""Each status as the classes of lines whose dashes make its shape in every cell: the style sheet has them. A cross is
two lines. Patterns would do, but a browser prints each as a picture: a page of ten members would have 70 MB.
"""


def rounds(statuses: Sequence[Status], label: str) -> Markup:
    """One member's rounds, a cell of 1 by 1 each: in each piece a line or two a status. So two years are short."""
    wide = min(len(statuses), A_LINE)
    pieces = "".join(_piece(statuses[first : first + A_LINE], wide) for first in range(0, len(statuses), A_LINE))
    return Markup('<span class="rounds" role="img" aria-label="{}">{}</span>').format(label, Markup(pieces))  # noqa: S704 - numbers and names of ours


def _piece(statuses: Sequence[Status], wide: int) -> str:
    """So many rounds `wide`, also with fewer: pieces below each other are drawn to one scale."""
    lines: dict[Status, str] = {}
    ends: dict[Status, int] = {}
    x = 0
    for status, run in groupby(statuses):
        length = sum(1 for _ in run)
        if status in _STROKES:
            lines[status] = lines.get(status, "M0 .5") + f"m{x - ends.get(status, 0)} 0h{length}"
            ends[status] = x + length
        x += length
    drawn = "".join(f'<path class={name} d="{line}"/>' for status, line in lines.items() for name in _STROKES[status])
    return f'<svg viewBox="0 0 {wide} 1" width={wide * CELL}>{drawn}</svg>'


def symbol(status: Status) -> Markup:
    """One shape, for the legend."""
    return Markup('<span aria-hidden="true">{}</span>').format(rounds((status,), ""))


def axis(number: int) -> Markup:
    """The numbers of the rounds above the rows of so many."""
    pieces, wide = [], min(number, A_LINE)
    for first in range(1, number + 1, A_LINE):
        last = min(number, first + A_LINE - 1)
        marks = "".join(f'<text x="{each - first + 0.5}" y="1.6">{each}</text>' for each in _marks(first, last))
        pieces.append(f'<svg viewBox="0 0 {wide} 2" width="{wide * CELL}">{marks}</svg>')
    return Markup(f'<span class="rounds axis" aria-hidden="true">{"".join(pieces)}</span>')  # noqa: S704 - numbers of ours


def _marks(first: int, last: int) -> list[int]:
    return [each for each in range(first, last + 1) if each == 1 or each % QUARTER == 0]


def curve(
    shares: Sequence[float], above: tuple[str, Sequence[float]], below: tuple[str, float], title: str, description: str
) -> Markup:
    """The share that is there in round n or later as a falling line, and two quiet ones to compare with, each with what
    it is called.
    """
    (above_label, others), (below_label, floor) = above, below
    last = max(len(shares), len(others))
    low = _y(floor)
    right = LEFT + WIDTH
    drawn = (
        f'<polyline class="others" points="{_points(others, last)}"/>'
        f'<line class="floor" x1="{LEFT}" x2="{right}" y1="{low:.1f}" y2="{low:.1f}"/>'
        f'<polyline points="{_points(shares, last)}"/>'
    )
    if len(shares) == 1:
        drawn += f'<circle cx="{LEFT}" cy="{_y(shares[0]):.1f}" r="3"/>'
    end = LEFT + (len(others) - 1) * WIDTH / max(1, last - 1)
    label = Markup('<text class="start" x="{:.1f}" y="{:.1f}">{}</text>')
    labels = label.format(LEFT + 4, low - 6, below_label)
    labels += label.format(min(end + 6, right - WIDTH / 3), _y(others[-1]) + 18, above_label)
    return _chart("curve", title, description, last, Markup(drawn) + labels)  # noqa: S704 - numbers of ours


def columns(shares: Sequence[float | None], title: str, description: str) -> Markup:
    """A column a round, as high as the share; None leaves a gap."""
    step = WIDTH / max(QUARTER, len(shares))
    path = "".join(
        f"M{LEFT + (n + 0.5) * step:.1f} {TOP + TALL}V{_y(share):.1f}" for n, share in enumerate(shares) if share
    )
    drawn = Markup('<path stroke-width="{:.1f}" d="{}"/>').format(step * 0.8, path)
    return _chart("columns", title, description, max(QUARTER, len(shares)), drawn, half=step / 2)


def _y(share: float) -> float:
    return TOP + TALL * (1 - share)


def _points(shares: Sequence[float], last: int) -> str:
    step = WIDTH / max(1, last - 1)
    return " ".join(f"{LEFT + n * step:.1f},{_y(share):.1f}" for n, share in enumerate(shares))


def _chart(kind: str, title: str, description: str, last: int, drawn: Markup, half: float = 0.0) -> Markup:
    """A picture over the rounds 1 to `last`, with its lines and numbers. A round is `half` a step from the edge."""
    grid = "".join(
        f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y}" y2="{y}"/><text x="{LEFT - 6}" y="{y + 4}">{share} %</text>'
        for share, y in ((100, TOP), (50, TOP + TALL // 2), (0, TOP + TALL))
    )
    step = (WIDTH - 2 * half) / max(1, last - 1)
    numbers = "".join(
        f'<text class="round" x="{LEFT + half + (each - 1) * step:.1f}" y="{TOP + TALL + 20}">{each}</text>'
        for each in _marks(1, last)
    )
    head = Markup(
        '<svg class="chart {}" role="img" aria-labelledby="{}-title {}-text" viewBox="0 0 {} {}">'
        '<title id="{}-title">{}</title><desc id="{}-text">{}</desc>'
    ).format(kind, kind, kind, LEFT + WIDTH + 16, TOP + TALL + BELOW, kind, title, kind, description)
    return head + Markup(grid + numbers) + drawn + Markup("</svg>")  # noqa: S704 - numbers of ours


def square_kind(status: Status) -> str:
    """How a week's square is drawn: its class."""
    return "made" if status.made else _CLASSES.get(status, "ahead")


def squares(states: Sequence[tuple[str, Status]], colour: str, label: str) -> Markup:
    """A phase's weeks as squares in the phase's colour; each has its title."""
    side, a_row = 22, 20
    shapes = []
    for number, (title, status) in enumerate(states):
        x, y = number % a_row * side, number // a_row * side
        kind = square_kind(status)
        shapes.append(
            Markup('<g class="{}"><title>{}</title><rect x="{}" y="{}" width="18" height="18" rx="4"/></g>').format(
                kind, title, x + 1, y + 1
            )
        )
    wide, tall = min(len(states), a_row) * side, -(-len(states) // a_row) * side
    head = Markup(
        '<svg class="squares" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" fill="{}" stroke="{}">'
    ).format(label, wide, tall, wide, colour, colour)
    return head + Markup("").join(shapes) + Markup("</svg>")


def square(status: Status) -> Markup:
    """One square, for the legend."""
    drawn = Markup('<g class="{}"><rect x="1" y="1" width="14" height="14" rx="3"/></g>').format(square_kind(status))
    head = Markup(
        '<svg class="squares" aria-hidden="true" viewBox="0 0 16 16" width="16" fill="currentColor" '
        'stroke="currentColor">'
    )
    return head + drawn + Markup("</svg>")


SHIELD: Final = "l7 2.5v5c0 4-3 7-7 8.5-4-1.5-7-4.5-7-8.5v-5z"
"""From its upper edge's middle; 14 wide and 16 tall."""


def shields(left: int, of: int, label: str) -> Markup:
    """The skips of a streak, of which `left` are left."""
    drawn = (
        Markup('<path class="{}" d="M{} 1{}"/>').format("left" if each < left else "spent", 9 + each * 22, SHIELD)
        for each in range(of)
    )
    head = Markup('<svg class="shields" role="img" aria-label="{}" viewBox="0 0 {} 19" width="{}">')
    return head.format(label, of * 22, of * 22) + Markup("").join(drawn) + Markup("</svg>")
