"""Commands that are typed as text."""

from collections.abc import Sequence

from cohort_bot.app.errors import PersonError
from cohort_bot.chat.i18n import _


def twice(name: str) -> PersonError:
    return PersonError(_("You gave {option} twice. Please give it once.", option=name))


def quote_open(name: str) -> PersonError:
    return PersonError(_('The quote after {option}: is never closed. Please end the value with ".', option=name))


def quote_glued(name: str) -> PersonError:
    return PersonError(_("Please put a space after the closing quote of {option}.", option=name))


def unknown(name: str, near: str | None, names: Sequence[str]) -> PersonError:
    """An option that the command does not have. `near` is the one whose name is most alike."""
    if not names:
        return PersonError(_("This command has no options. Please type it without {option}:.", option=name))
    if near:
        text = _(
            "There's no option {option}. Did you mean {near}:? If it's part of a value, put the value in quotes.",
            option=name,
            near=near,
        )
    else:
        text = _(
            "There's no option {option}. You can use {options}. If it's part of a value, put the value in quotes.",
            option=name,
            options=", ".join(names),
        )
    return PersonError(text)


def stray(word: str, example: str | None) -> PersonError:
    """A word that belongs to no option. `example` is how it would be given to the first one; None without options."""
    if example is None:
        return PersonError(_("This command has no options. Please type it without “{word}”.", word=word))
    text = _(
        "I don't know what “{word}” is for. Please write options as name:value, such as {example}.",
        word=word,
        example=example,
    )
    return PersonError(text)


def no_command(typed: str, near: str | None) -> PersonError:
    """A command that there is not, where commands begin with a slash and are listed while one types."""
    if near:
        return PersonError(_("There's no command /{typed}. Did you mean /{near}?", typed=typed, near=near))
    return PersonError(_("There's no command /{typed}. Type / to see them all.", typed=typed))


def no_verb(head: str, verb: str, near: str | None, verbs: Sequence[str]) -> PersonError:
    """A word after `/cohort` that is no command."""
    if near:
        text = _("There's no /{head} {verb}. Did you mean /{head} {near}?", head=head, verb=verb, near=near)
    elif verbs:
        text = _("There's no /{head} {verb}. You can use {verbs}.", head=head, verb=verb, verbs=", ".join(verbs))
    else:
        text = _("I don't know /{head}. Type /cohort help to see what I can do.", head=head)
    return PersonError(text)


def no_slash() -> PersonError:
    return PersonError(_("I only understand commands. Start with a slash, such as /help."))
