"""Drawn faces for the people of the page: the same person, the same face. Nobody is portrayed, so no skin is of any
colour that people have. Pure.
"""

from hashlib import sha256
from typing import Final

_DEAL: Final = 22882
"""With this number no two of the sample people look alike."""

_COLOURS: Final = (  # background, face, hair, shirt
    ("#e4e0fb", "#b9aef2", "#4a3aa8", "#6d5fd3"),
    ("#d5f0ea", "#8fd3c4", "#0b5f57", "#1d8a7d"),
    ("#fde3d3", "#f3b48d", "#8a3514", "#c65f2e"),
    ("#dbe9fc", "#9cc1f2", "#1f4b94", "#3b74c9"),
    ("#fbeecb", "#ecc96a", "#6b4f00", "#a67d0c"),
    ("#fbdde8", "#eda3bf", "#84204d", "#bb4378"),
    ("#e3efd2", "#b2d07f", "#44611a", "#6f9431"),
)
_HAIR: Final = (
    "M17 31c-2-17 9-22 15-22s17 5 15 22c-3-9-8-11-15-11s-12 2-15 11z",  # short
    "M15 44c-5-22 5-35 17-35s22 13 17 35h-6c3-14 1-21-11-21s-14 7-11 21z",  # long
    "M17 30c-4-15 7-21 15-21 9 0 17 5 15 21-6-3-9-9-10-11-4 6-13 8-20 11z",  # parted
    # curly
    "M16 30a5 5 0 0 1 0-10 6 6 0 0 1 7-9 8 8 0 0 1 18 0 6 6 0 0 1 7 9 5 5 0 0 1 0 10c-3-8-8-10-16-10s-13 2-16 10z",
    "M18 29c-2-14 5-18 14-18s16 4 14 18c-4-8-7-9-14-9s-10 1-14 9zM32 12a6 6 0 1 1 0-11 6 6 0 0 1 0 11z",  # a bun
    "M17 32c-3-15 5-23 15-23s18 8 15 23c-1-6-3-8-5-9H22c-2 1-4 3-5 9z",  # a fringe
)
_MOUTHS: Final = (
    "M27 41q5 5 10 0",
    "M27 42h10",
    "M26 40q6 7 12 0",
)
_LINE: Final = 'fill="none" stroke="#23262d"'
_EYES: Final = '<g fill="#23262d"><circle cx="26" cy="34" r="1.9"/><circle cx="38" cy="34" r="1.9"/></g>'
_GLASSES: Final = (
    f'<g {_LINE} stroke-width="1.6"><circle cx="26" cy="34" r="4.6"/><circle cx="38" cy="34" r="4.6"/>'
    '<path d="M30.6 34h2.8"/></g>'
)


def face(person: str) -> str:
    """The face of the person with this id, as an SVG picture."""
    lot = sha256(f"{_DEAL}{person}".encode()).digest()
    back, skin, hair, shirt = _COLOURS[lot[0] % len(_COLOURS)]
    parts = [
        f'<rect width="64" height="64" fill="{back}"/>',
        _path("M10 66c0-13 10-17 22-17s22 4 22 17z", shirt),
        _path("M27 44h10v9q-5 4-10 0z", skin),
        f'<ellipse cx="32" cy="33" rx="14" ry="16" fill="{skin}"/>',
        _path(_HAIR[lot[1] % len(_HAIR)], hair),
        _EYES,
        _GLASSES if lot[3] % 3 == 0 else "",
        f'<path d="{_MOUTHS[lot[2] % len(_MOUTHS)]}" {_LINE} stroke-width="1.9" stroke-linecap="round"/>',
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{"".join(parts)}</svg>'


def _path(drawn: str, colour: str) -> str:
    return f'<path d="{drawn}" fill="{colour}"/>'
