"""What would not work, and its cure."""

from collections.abc import Sequence

from cohort_bot.app.ports.platform import Finding
from cohort_bot.chat.i18n import ngettext
from cohort_bot.chat.message import Block, Strong, bullets, paragraph


def elsewhere(findings: Sequence[Finding]) -> bool:
    """Whether another place has to be chosen, so that there is nothing to agree to."""
    return any(finding.elsewhere for finding in findings)


def problems(findings: Sequence[Finding]) -> list[Block]:
    """What keeps the bot from working in a room, with cures."""
    if not findings:
        return []
    items = [(Strong(finding.problem), f" {finding.cure}") for finding in findings]
    head = ngettext("One problem:", "{n} problems:", len(findings))
    return [paragraph(head), bullets(items)]
