"""Logs: one event a line, for people or as JSON for machines; never a token, never what people write.

Our own loggers follow LOG_LEVEL. Libraries log from WARNING on, whatever the level: at DEBUG they would log whole
requests, including people's texts. Tokens are removed from every line, wherever they came from.
"""

import copy
import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Final, Literal, TextIO

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import Processor

STRUCK = "[secret]"

_TOKENS: Final = {
    r"xox": r"xox[a-z]+-[\w.-]+",  # Slack: of a bot, of a person, refreshed ones
    r"xapp-": r"xapp-[\w-]+",  # Slack: app-level
    r"\.[\w-]{6,7}\.[\w-]{27}": r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}",  # Discord: of a bot
    r"/webhooks/": r"(?<=/webhooks/)\d+/[\w-]{20,}",  # Discord: an interaction's own
    r"/interactions/": r"(?<=/interactions/)\d+/[\w-]{20,}",
    r"hooks\.slack": r"(?<=hooks\.slack\.com/)[\w/%.-]+",  # Slack: where an answer goes
    r"ticket=": r"(?<=ticket=)[\w-]+",  # Slack: a connection of Socket Mode
    r"://": r"(?<=://)[^\s/@:]+:[^\s/@]+(?=@)",  # the name and password of a database's address
}
"""By a part of each that begins with a certain character: a line without any, as most are, is looked at once and
quickly.
"""


def configure(
    level: str,
    shape: Literal["auto", "text", "json"] = "auto",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Let all loggers of the process write to `stream`, stderr by default. `auto` is text on a terminal, else JSON."""
    to = stream or sys.stderr
    handler = logging.StreamHandler(to)
    handler.setFormatter(_formatter(for_people=shape == "text" or (shape == "auto" and to.isatty()), secrets=secrets))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger("cohort_bot").setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns when a tick takes longer than a second
    logging.captureWarnings(capture=True)


def _formatter(*, for_people: bool, secrets: Iterable[str]) -> logging.Formatter:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_log_level,
        add_logger_name,
        ExtraAdder(),
        TimeStamper(fmt="iso", utc=True),
    ]
    if for_people:
        last: list[Processor] = [ConsoleRenderer(colors=False, exception_formatter=plain_traceback)]
    else:
        last = [format_exc_info, JSONRenderer(_compact)]
    processors = [ProcessorFormatter.remove_processors_meta, *last]
    return _Discreet(secrets, foreign_pre_chain=shared, processors=processors)


_JSON = json.JSONEncoder(ensure_ascii=False, default=repr).encode
"""`json.dumps` makes an encoder of its own each time."""


def _compact(event: Mapping[str, object], **_: object) -> str:
    return _JSON(event)


class _Discreet(ProcessorFormatter):
    """Removes secrets from the finished line, so also from a library's message and a traceback."""

    def __init__(self, secrets: Iterable[str], **chain: object) -> None:
        super().__init__(**chain)  # type: ignore[arg-type]
        given = {form for each in secrets if each for form in (each, json.dumps(each, ensure_ascii=False)[1:-1])}
        longest_first = [re.escape(form) for form in sorted(given, key=len, reverse=True)]
        self._suspect = re.compile("|".join([*longest_first, *_TOKENS]))
        self._hidden = re.compile("|".join([*longest_first, *_TOKENS.values()]))

    def format(self, record: logging.LogRecord) -> str:
        """The line without secrets; a library's network errors, which repeat, are shortened to one line."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not record.name.startswith("cohort_bot") and _of_the_network(error):
            record = copy.copy(record)
            said = f"{record.getMessage()} ({type(error).__name__}: {error})"
            record.msg, record.args, record.exc_info, record.exc_text = " ".join(said.split()), None, None, None
        line = super().format(record)
        return self._hidden.sub(STRUCK, line) if self._suspect.search(line) else line


def _of_the_network(error: BaseException) -> bool:
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in {"aiohttp", "discord"}
