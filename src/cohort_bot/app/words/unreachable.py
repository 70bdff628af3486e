"""Answers and direct messages that did not arrive."""

from cohort_bot.chat.message import Actions, Block, Button, paragraph


def lost(command: str) -> Block:
    """Said once to somebody whose last answer did not arrive while what they did is saved."""
    did = f"what you did with {command}" if command else "what you did"
    return paragraph(f"My last answer did not reach you, but {did} is saved.", quiet=True)


def unreached(*, mention: bool) -> list[Block]:
    """Said once to somebody whose direct messages are closed; `mention` when a thread may name them instead."""
    words = (
        "A direct message of mine did not arrive: you seem to have closed them. You can open them in your privacy "
        "settings."
    )
    if mention:
        return [paragraph(words, quiet=True)]
    words += " Or I name you in the week's thread when there is a reminder, only if you say so."
    return [paragraph(words, quiet=True), Actions((Button("Mention me in the thread", "mention.on"),))]
