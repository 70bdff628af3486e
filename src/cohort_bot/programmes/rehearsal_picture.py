"""A rehearsal as an SVG picture: who is still there, and how much of each week they get through."""

from xml.sax.saxutils import escape

from cohort_bot.app.words import rehearsal as words
from cohort_bot.core.programme import Programme
from cohort_bot.core.rehearsal import Rehearsal, minutes_of

_WIDTH, _TALL, _LEFT, _GAP = 760, 160, 44, 46
_NAMED = 'role="img" aria-labelledby="title description"'
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1c2733}.quiet{font-size:11px;fill:#4a5866}"
    ".line{fill:none;stroke:#1f6f8b;stroke-width:2.5}.band{fill:#1f6f8b;fill-opacity:.18}.grid{stroke:#c9d2d9}"
    ".ground{fill:#fff}.done{fill:#2a9387}.left{fill:#d98324}"
    "@media(prefers-color-scheme:dark){.ground{fill:#11181e}text{fill:#e8edf1}.quiet{fill:#b3bec8}.grid{stroke:#43505b}"
    ".line{stroke:#6fc3dd}.band{fill:#6fc3dd}}"
)


def picture(programme: Programme, result: Rehearsal, assumptions: str) -> str:
    """The picture, with its title, a description and the assumptions in it."""
    title, described = words.title(programme), words.described(programme, result)
    below = 2 * (_TALL + _GAP) + 30
    lines = _wrapped(assumptions)
    height = below + 16 * len(lines) + 10
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + _LEFT + 16} {height}" {_NAMED}>',
            f'<title id="title">{escape(title)}</title><desc id="description">{escape(described)}</desc>',
            f"<style>{_STYLE}</style>",
            '<rect class="ground" width="100%" height="100%"/>',
            f'<text x="{_LEFT}" y="18" font-weight="600">{escape(title)}</text>',
            *_curve(result),
            *_weeks(programme, result),
            *(
                f'<text class="quiet" x="{_LEFT}" y="{below + 16 * row}">{escape(line)}</text>'
                for row, line in enumerate(lines)
            ),
            "</svg>\n",
        ]
    )


def _curve(result: Rehearsal) -> list[str]:
    """Who takes part in a week or a later one: the middle of the runs as a line, most of them as a band."""
    top = _GAP
    step = _WIDTH / max(1, len(result.there) - 1)

    def points(which: int) -> list[str]:
        return [f"{_LEFT + step * n:.1f},{top + _TALL * (1 - band[which]):.1f}" for n, band in enumerate(result.there)]

    low, middle, high = points(0), points(1), points(2)
    grid = [
        f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{y}" y2="{y}"/>'
        f'<text class="quiet" x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{share} %</text>'
        for share, y in ((100, top), (50, top + _TALL // 2), (0, top + _TALL))
    ]
    return [
        f'<text class="quiet" x="{_LEFT}" y="{top - 10}">{escape(words.curve())}</text>',
        *grid,
        f'<polygon class="band" points="{" ".join(high + low[::-1])}"/>',
        f'<polyline class="line" points="{" ".join(middle)}"/>',
    ]


def _weeks(programme: Programme, result: Rehearsal) -> list[str]:
    """A bar for each week's hours: below what most get through, above it what is left."""
    top = _GAP + _TALL + _GAP
    step = _WIDTH / programme.length
    most = max(map(minutes_of, programme.weeks)) or 1
    bars = [
        f'<text class="quiet" x="{_LEFT}" y="{top - 10}">{escape(words.bars())}</text>',
        f'<text class="quiet" x="{_LEFT - 6}" y="{top + 4}" text-anchor="end">{most / 60:.0f} h</text>',
    ]
    for week, share in zip(programme.weeks, result.done, strict=True):
        tall = _TALL * minutes_of(week) / most
        done = tall * share
        x, wide, foot = _LEFT + step * (week.number - 1), max(0.8, step * 0.8), top + _TALL
        title = words.bar(week.number, minutes_of(week), round(share, 2))
        bars.append(
            f"<g><title>{escape(title)}</title>"
            f'<rect class="left" x="{x:.1f}" y="{foot - tall:.1f}" width="{wide:.1f}" height="{tall - done:.1f}"/>'
            f'<rect class="done" x="{x:.1f}" y="{foot - done:.1f}" width="{wide:.1f}" height="{done:.1f}"/></g>'
        )
    return bars


def _wrapped(text: str) -> list[str]:
    """The text in lines that fit the picture."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > 118:  # noqa: PLR2004 - characters of this size
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
