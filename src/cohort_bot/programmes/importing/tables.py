"""Tables in a guide: which columns say when, how long, what about and what to do."""

import re
from collections.abc import Sequence
from typing import Final, Literal

Column = Literal["phase", "month", "week", "day", "duration", "hours", "title", "link", "none", "text"]

_COLUMNS: Final[tuple[tuple[Column, str], ...]] = (
    ("duration", r"duration|length|time(?:line|frame)?|weeks needed|dauer|duración|duração|durée|时长"),
    ("hours", r"effort|hours?|hrs|workload|aufwand|stunden|horas?|heures|esfuerzo|esforço"),
    ("week", r"weeks?|wk|#?\s*week\s*(?:no\.?|number|#)?|wochen?|kalenderwochen?|kw|semanas?|semaines?|周|週|第几周"),
    ("month", r"months?|monate?|mes(?:es)?|m[eê]s|mois|月"),
    ("day", r"days?|tage?|d[ií]as?|jours?|天"),
    ("phase", r"phases?|stages?|parts?|modules?|steps?|fases?|etapas?|teile?|[ée]tapes?|阶段|milestones?|sprints?"),
    (
        "none",
        r"prerequisites?|prereqs?|requires|status|done\??|completed?\??|✓|✅|#|no\.?|nr\.?|date|start|end|due|deadline",
    ),
    ("link", r"links?|urls?|resources?|ressourcen|recursos|ressources|material(?:s|ien)?|资源"),
    ("title", r"topics?|titles?|subjects?|themes?|focus|courses?|names?|skills?|areas?"),
    ("title", r"themen?|temas?|cursos?|kurse?|thèmes?|sujets?|cours|主题|课程|内容|目标"),
)


def columns(header: Sequence[str]) -> list[Column]:
    """What each column holds, by its name."""
    return [
        next(
            (column for column, names in _COLUMNS if re.fullmatch(rf"(?:{names})(?:\s*\(.*\))?", name.strip(), re.I)),
            "text",
        )
        for name in header
    ]


def is_plan(header: Sequence[str]) -> bool:
    """Whether the rows are parts of a plan: they say when, or how long."""
    return bool({"phase", "month", "week", "day", "duration"} & set(columns(header)))


def says_nothing(cell: str) -> bool:
    """Whether the cell is filled with a word or a sign for nothing."""
    return (
        re.fullmatch(r"\W*|none|n/?a|tbd|tba|nil|keine?|ninguno|nada|aucun|无", cell.strip(), re.IGNORECASE) is not None
    )
