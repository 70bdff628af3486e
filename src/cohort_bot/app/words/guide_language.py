"""In which language a guide is, said where it is another than its reader's."""

from collections.abc import Callable, Iterator

from cohort_bot.chat.formats import language_name
from cohort_bot.chat.i18n import _, language, ngettext
from cohort_bot.chat.message import Block, Mixed, paragraph
from cohort_bot.core.programme import Programme, same_language


def of_week(programme: Programme, number: int, *, once: bool) -> Iterator[Block]:
    """The line under a week that is not in the language spoken; with `once` only under the first of several."""
    if _is_foreign(programme, number) and not (once and number > 1 and _is_foreign(programme, number - 1)):
        text = _(
            "This week is in {language}; it hasn't been translated yet.", language=language_name(programme.language)
        )
        yield paragraph(text, quiet=True)


def marked(programme: Programme, number: int) -> Callable[[str], str]:
    """What marks a text of the week as one of the guide's language, where that is another than the one spoken."""
    if not _is_foreign(programme, number):
        return str
    return lambda text: Mixed([(text, programme.language_of(number))])


def _is_foreign(programme: Programme, number: int) -> bool:
    return not same_language(programme.language_of(number), language())


def of_cohort(programme: Programme, wanted: str, done: int) -> Iterator[Block]:
    """What a moderator hears when the guide is not in the language of the cohort, which has `done` of its weeks."""
    if same_language(programme.language, wanted):
        return
    written = _("The guide is written in {language}.", language=language_name(programme.language))
    if done:
        more = ngettext(
            "{done} of {n} week is translated.", "{done} of {n} weeks are translated.", programme.length, done=done
        )
    else:
        more = _("It isn't translated, so its texts stay as they are.")
    yield paragraph(f"{written} {more}", quiet=True)
