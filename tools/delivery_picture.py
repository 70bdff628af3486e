"""Draws docs/pictures/delivery.svg from the table of the states: `python tools/delivery_picture.py`. A test holds it up
to date.

A line of a label says who makes the transition, and why. What a restore does is a line below the picture.
"""

from collections import defaultdict
from pathlib import Path
from typing import Final

from cohort_bot.core.delivery_states import TRANSITIONS, Actor, State

PICTURE: Final = Path(__file__).parents[1] / "docs/pictures/delivery.svg"
WIDTH, HEIGHT, MARGIN = 1210, 600, 60
BOX: Final = (150, 58)

BOXES: Final = {
    State.READY: (150, 236, "box", "waits for its turn"),
    State.SENDING: (560, 236, "box", "claimed on disk"),
    State.SENT: (970, 236, "pure", "with its message’s id"),
    State.PARKED: (560, 50, "out", "waits for a person"),
    State.UNKNOWN: (560, 422, "out", "sent, or not"),
    State.SKIPPED: (150, 422, "stop", "not posted"),
}
"""Left edge, upper edge, colour, and what the state means."""

WAYS: Final = {
    (None, State.READY): ("M195 130 L195 234", 187, 166, "end"),
    (None, State.SKIPPED): ("M225 544 L225 482", 237, 528, "start"),
    (State.READY, State.SENDING): ("M300 256 L558 256", 430, 248, "middle"),
    (State.SENDING, State.READY): ("M560 276 L302 276", 430, 292, "middle"),
    (State.SENDING, State.SENT): ("M710 265 L968 265", 720, 257, "start"),
    (State.READY, State.SKIPPED): ("M180 294 L180 420", 172, 360, "end"),
    (State.SKIPPED, State.READY): ("M225 422 L225 296", 233, 350, "start"),
    (State.READY, State.PARKED): ("M285 236 C 330 150, 450 100, 558 92", 404, 148, "start"),
    (State.PARKED, State.READY): ("M560 68 C 400 68, 240 100, 235 234", 405, 62, "middle"),
    (State.SENDING, State.PARKED): ("M620 236 L620 110", 612, 190, "end"),
    (State.SENDING, State.UNKNOWN): ("M620 294 L620 420", 628, 350, "start"),
    (State.SENDING, State.SKIPPED): ("M580 294 C 570 400, 470 442, 302 446", 310, 418, "start"),
    (State.UNKNOWN, State.READY): ("M566 422 C 520 360, 400 310, 302 290", 436, 328, "start"),
    (State.UNKNOWN, State.SKIPPED): ("M560 466 L302 466", 430, 482, "middle"),
    (State.UNKNOWN, State.UNKNOWN): ("M700 480 C 760 530, 660 545, 650 482", 726, 516, "start"),
    (State.UNKNOWN, State.SENT): ("M710 462 C 900 462, 1040 420, 1045 296", 900, 462, "start"),
    (State.UNKNOWN, State.PARKED): ("M702 422 C 850 350, 850 180, 702 110", 800, 200, "start"),
    (State.PARKED, State.UNKNOWN): ("M710 70 C 970 120, 970 390, 712 440", 880, 150, "start"),
}
"""The path of each arrow; where its label stands, and which of its ends is there."""

HEAD: Final = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"
font-family="system-ui, sans-serif" font-size="15">
<style>.card{{fill:#fff;stroke:#cfd6de}} .box{{fill:#eef4f8;stroke:#4682c4}} .pure{{fill:#eaf5f2;stroke:#2a9387}}
.out{{fill:#fdf3e7;stroke:#c98a2d}} .stop{{fill:#f3f4f6;stroke:#8a94a0}} .t{{font-weight:600;fill:#1d2733}}
.s{{font-size:12px;fill:#4a5663;paint-order:stroke;stroke:#fff;stroke-width:4px}} .w{{font-weight:600}}
.a{{stroke:#4a5663;stroke-width:1.6;fill:none;marker-end:url(#m)}}</style>
<defs><marker id="m" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0 10 5 0 10z" fill="#4a5663"/></marker></defs>
<rect class="card" x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="12"/>"""


def draw() -> str:
    """The picture of the table as it is now. Raises KeyError for a transition that has no place in it."""
    ways: dict[tuple[State | None, State], list[tuple[Actor, str]]] = defaultdict(list)
    restored = defaultdict(list)
    for each in TRANSITIONS:
        if each.actor is Actor.RESTORE and each.source is not None:
            restored[each.target, each.cause].append(each.source.value)
        else:
            ways[each.source, each.target].append((each.actor, each.cause))
    arrows, labels = [], []
    for way, causes in ways.items():
        path, x, y, anchor = WAYS[way]
        arrows.append(f'<path class="a" d="{path}"/>')
        labels += [_line(x, y + 15 * index, anchor, *cause) for index, cause in enumerate(causes)]
    foot = [
        _line(WIDTH / 2, HEIGHT - 22, "middle", Actor.RESTORE, f"{', '.join(sources)} → {target.value}: {cause}")
        for (target, cause), sources in restored.items()
    ]
    parts = [
        HEAD,
        f'<g transform="translate({MARGIN} 0)">',
        *arrows,
        *(_box(state, *BOXES[state]) for state in State),
        *labels,
        "</g>",
        *foot,
        "</svg>",
        "",
    ]
    return "\n".join(parts)


def _box(state: State, x: int, y: int, colour: str, meaning: str) -> str:
    width, height = BOX
    middle = x + width / 2
    return (
        f'<rect class="{colour}" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>'
        f'<text class="t" x="{middle}" y="{y + 25}" text-anchor="middle">{state.value}</text>'
        f'<text class="s" x="{middle}" y="{y + 44}" text-anchor="middle" stroke="none">{meaning}</text>'
    )


def _line(x: float, y: float, anchor: str, actor: Actor, cause: str) -> str:
    return (
        f'<text class="s" x="{x:g}" y="{y:g}" text-anchor="{anchor}">'
        f'<tspan class="w">{actor.value}:</tspan> {cause}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
