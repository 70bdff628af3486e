"""Draws docs/pictures/house.svg from the real imports: `python tools/house_picture.py`. A test holds it up to date.

A room is a folder of the package, or the modules that lie beside each other in it. Each row imports from the rows below
it; no rooms import one another.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import grimp

PICTURE: Final = Path(__file__).parents[1] / "docs/pictures/house.svg"
PACKAGE: Final = "cohort_bot"
SAYS: Final = {
    "cli": "the operator's commands",
    "bootstrap": "put together and started",
    "settings": "settings, clocks, logs",
    "platforms": "payload in, payload out",
    "storage": "tables and transactions",
    "programmes": "load, check, import a plan",
    "web": "health, metrics, pages",
    "app.table": "all rows, and the dispatcher",
    "app.features": "what people can do",
    "app.delivery": "what goes out by itself",
    "app.queries": "what several features ask",
    "app.words": "what people read",
    "app.pictures": "rounds and weeks as SVG",
    "app": "who may; what is shared",
    "app.commands": "what a row, an error is",
    "app.ports": "what is needed outside",
    "core": "what a cohort is; pure",
    "chat": "what is said; pure",
}
BASE: Final = {"settings", "clocks", "logs", "process_role", "clock_check"}
"""Modules beside the folders that adapters may import; the others put the whole together."""

CLI: Final = {"__main__", "reference"}
TABLE: Final = {"table", "dispatch", "completers"}
COMMANDS: Final = {"commands", "errors"}

WIDTH, HEIGHT, GAP, ROW = 196, 58, 22, 112

Rooms = Mapping[str, set[str]]


def room(module: str) -> str:
    """The room in which a module lies."""
    names = module.split(".")[1:]
    match names:
        case ["app", sub, *_] if f"app.{sub}" in SAYS:
            return f"app.{sub}"
        case ["app", *rest] if rest:
            return "app.table" if rest[0] in TABLE else "app.commands" if rest[0] in COMMANDS else "app"
        case [first, *_] if first in SAYS:
            return first
        case [first, *_] if first in BASE:
            return "settings"
        case _:
            return "cli" if names[0] in CLI else "bootstrap"


def imports() -> Rooms:
    """What each room imports from, other rooms only; what is imported for annotations alone counts too."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    found: dict[str, set[str]] = defaultdict(set)
    for module in sorted(graph.modules - {PACKAGE}):
        targets = {room(each) for each in graph.find_modules_directly_imported_by(module) - {PACKAGE}}
        found[room(module)] |= targets - {room(module)}
    return found


def rows(rooms: Rooms) -> list[list[str]]:
    """The rooms from the top row to the bottom one, each above all that it imports from."""

    @cache
    def level(name: str) -> int:
        return 1 + max(map(level, rooms[name]), default=0)

    found: dict[int, list[str]] = defaultdict(list)
    for name in SAYS:
        found[level(name)].append(name)
    return [found[number] for number in sorted(found, reverse=True)]


def draw(rooms: Rooms) -> str:
    """The picture. What a room below imports, too, has no arrow of its own."""
    lines = rows(rooms)
    wide = max(len(line) for line in lines) * (WIDTH + GAP) + GAP
    high = len(lines) * ROW + 30
    at: dict[str, tuple[float, float]] = {}
    for number, line in enumerate(lines):
        left = (wide - len(line) * (WIDTH + GAP) + GAP) / 2
        at |= {name: (left + place * (WIDTH + GAP), 24 + number * ROW) for place, name in enumerate(line)}
    height = {name: number for number, line in enumerate(lines) for name in line}
    arrows = []
    for name, targets in sorted(rooms.items()):
        between = [near for near in targets if height[near] > height[name]]
        through = {far for near in between for far in rooms[near] if height[far] > height[near]}
        for target in sorted(targets):
            (x, y), (to_x, to_y) = at[name], at[target]
            if height[target] > height[name] and target not in through:
                path = f"M{x + WIDTH / 2:.0f} {y + HEIGHT} L{to_x + WIDTH / 2:.0f} {to_y - 3}"
                arrows.append(f'<path class="a" d="{path}"/>')
    boxes = [
        f'<rect class="{_kind(name)}" x="{x:.0f}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        f'<text class="t" x="{x + WIDTH / 2:.0f}" y="{y + 24}">{name.replace(".", "/")}</text>'
        f'<text class="s" x="{x + WIDTH / 2:.0f}" y="{y + 44}">{SAYS[name]}</text>'
        for name, (x, y) in at.items()
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="system-ui, sans-serif" '
        'font-size="15"><style>.card{fill:#fff;stroke:#cfd6de} .app{fill:#eef4f8;stroke:#4682c4} '
        ".pure{fill:#eaf5f2;stroke:#2a9387} .out{fill:#fdf3e7;stroke:#c98a2d} .top{fill:#f3f4f6;stroke:#8a94a0} "
        "text{text-anchor:middle} .t{font-weight:600;fill:#1d2733} .s{font-size:13px;fill:#4a5663} "
        ".a{stroke:#4a5663;stroke-width:1.4;fill:none;marker-end:url(#m)}</style>"
        '<defs><marker id="m" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 10 5 0 10z" fill="#4a5663"/></marker></defs>'
    )
    card = f'<rect class="card" x="1" y="1" width="{wide - 2}" height="{high - 2}" rx="12"/>'
    words = "Imports go down; no rooms import one another."
    foot = f'<text class="s" x="{wide / 2:.0f}" y="{high - 14}">{words}</text></svg>'
    return "\n".join([head, card, *arrows, *boxes, foot]) + "\n"


def _kind(name: str) -> str:
    if name in {"core", "chat"}:
        return "pure"
    if name in {"platforms", "storage", "programmes", "web"}:
        return "out"
    return "app" if name.startswith("app") else "top"


if __name__ == "__main__":
    PICTURE.write_text(draw(imports()), encoding="utf-8")
