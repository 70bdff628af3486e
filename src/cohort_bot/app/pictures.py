"""Pictures as SVG, for the board and for chat: rounds as shapes, the curve of who stays, weeks as squares. Pure.

What a shape says does not hang on its colour, and each picture has its content as text beside it.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup

from cohort_bot.core.checkins import Status

CELL: Final = 12
WIDTH, TALL, LEFT, TOP = 640, 180, 44, 12
"""Of the curve, in its own units."""

_CLASSES: Final = {
    Status.ON_TIME: "on-time",
    Status.LATE: "late",
    Status.OPEN: "open",
    Status.FORGIVEN: "forgiven",
    Status.MISSED: "missed",
    Status.BREAK: "break",
    Status.EXCUSED: "excused",
}

_TILES: Final = {
    "on-time": '<rect x="1" y="1" width="10" height="10" rx="2"/>',
    "late": '<path d="M1 11V1h10z"/>',
    "open": '<circle cx="6" cy="6" r="1.6"/>',
    "forgiven": '<rect class="hollow" x="2" y="2" width="8" height="8" rx="2"/>',
    "missed": '<path class="stroke" d="M2.5 2.5l7 7m0-7l-7 7"/>',
    "break": '<path class="stroke" d="M4 2v8m4-8v8"/>',
    "excused": '<path class="hollow" d="M6 1.5l4.5 4.5-4.5 4.5-4.5-4.5z"/>',
}


def patterns() -> Markup:
    """The shapes, once a page; the rows refer to them. A cell is 1 wide in the units of a row."""
    tiles = "".join(
        f'<pattern id="p-{name}" width="1" height="1" viewBox="0 0 {CELL} {CELL}" patternUnits="userSpaceOnUse">'
        f"{shape}</pattern>"
        for name, shape in _TILES.items()
    )
    return Markup(f'<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>{tiles}</defs></svg>')  # noqa: S704


def rounds(statuses: Sequence[Status], label: str) -> Markup:
    """One member's rounds: one path a status, in which equal rounds in a row are one shape. So two years are short."""
    paths: dict[str, list[str]] = {}
    x = 0
    for status, run in groupby(statuses):
        length = sum(1 for _ in run)
        if name := _CLASSES.get(status):
            paths.setdefault(name, []).append(f"M{x} 0h{length}v1h-{length}z")
        x += length
    shapes = "".join(f'<path fill="url(#p-{name})" d="{"".join(path)}"/>' for name, path in paths.items())
    head = Markup('<svg class="rounds" role="img" aria-label="{}" viewBox="0 0 {} 1" width="{}">')
    return head.format(label, x, x * CELL) + Markup(shapes + "</svg>")  # noqa: S704 - numbers and names of ours


def symbol(status: Status) -> Markup:
    """One shape, for the legend."""
    return Markup('<span aria-hidden="true">{}</span>').format(rounds((status,), ""))


def curve(counts: Sequence[int], whole: int, title: str, description: str) -> Markup:
    """How many of `whole` people are there in round n or later, as a falling line."""
    step = WIDTH / max(1, len(counts) - 1)
    points = " ".join(
        f"{LEFT + n * step:.1f},{TOP + TALL * (1 - count / max(1, whole)):.1f}" for n, count in enumerate(counts)
    )
    lines = "".join(
        f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y}" y2="{y}"/><text x="{LEFT - 6}" y="{y + 4}">{share} %</text>'
        for share, y in ((100, TOP), (50, TOP + TALL // 2), (0, TOP + TALL))
    )
    view = f"0 0 {LEFT + WIDTH + 8} {TOP + TALL + 12}"
    head = Markup(
        '<svg class="curve" role="img" aria-labelledby="curve-title curve-text" viewBox="{}">'
        '<title id="curve-title">{}</title><desc id="curve-text">{}</desc>'
    ).format(view, title, description)
    return head + Markup(f'{lines}<polyline points="{points}"/></svg>')  # noqa: S704 - numbers of ours


def squares(states: Sequence[tuple[str, Status]], colour: str, label: str) -> Markup:
    """A phase's weeks as squares in the phase's colour; each has its title."""
    side, a_row = 22, 20
    shapes = []
    for number, (title, status) in enumerate(states):
        x, y = number % a_row * side, number // a_row * side
        kind = "made" if status.made else _CLASSES.get(status, "ahead")
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
