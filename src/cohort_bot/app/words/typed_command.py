"""Commands that are typed as text."""

from collections.abc import Sequence

from cohort_bot.app.errors import PersonError


def twice(name: str) -> PersonError:
    """The same option two times."""
    return PersonError(f"{name} is there twice. Please give it once.")


def quote_open(name: str) -> PersonError:
    """A quote without its end."""
    return PersonError(f'The quote after {name}: is never closed. Please end the value with ".')


def quote_glued(name: str) -> PersonError:
    """Something right after a closing quote."""
    return PersonError(f"Please put a space after the closing quote of {name}.")


def unknown(name: str, near: str | None, names: Sequence[str]) -> PersonError:
    """An option that the command does not have. `near` is the one whose name is most alike."""
    if not names:
        return PersonError(f"This command has no options. Please type it without {name}:.")
    hint = f"Did you mean {near}:?" if near else f"It takes {', '.join(names)}."
    return PersonError(f"There is no option {name}. {hint} If it is part of a value, put the value in quotes.")


def stray(word: str, example: str | None) -> PersonError:
    """A word that belongs to no option. `example` is how it would be given to the first one; None without options."""
    if example is None:
        return PersonError(f"This command has no options. Please type it without “{word}”.")
    return PersonError(f"“{word}” has no name. Please write options as name:value, such as {example}.")


def no_command(typed: str, near: str | None) -> PersonError:
    """A command that there is not, where commands begin with a slash and are listed while one types."""
    hint = f"Did you mean /{near}?" if near else "Type / to see what there is."
    return PersonError(f"There is no command /{typed}. {hint}")


def half_a_command(first: str, names: Sequence[str]) -> PersonError:
    """The first word of several commands, alone."""
    return PersonError(f"/{first} needs one more word. Please type one of {', '.join(f'/{name}' for name in names)}.")


def no_verb(head: str, verb: str, near: str | None, verbs: Sequence[str]) -> PersonError:
    """A word after `/cohort` that is no command."""
    if near:
        return PersonError(f"There is no /{head} {verb}. Did you mean /{head} {near}?")
    if verbs:
        return PersonError(f"There is no /{head} {verb}. There is: {', '.join(verbs)}.")
    return PersonError(f"I do not know /{head}. Please type /cohort help to see what there is.")


def no_slash() -> PersonError:
    """Talk, where only commands are understood."""
    return PersonError("I listen to commands only. Begin with a slash, such as /help.")
