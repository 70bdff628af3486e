"""A check of the doctor, and what several of them say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from cohort_bot.app.ports.health import Reach
from cohort_bot.app.ports.reasons import DeliveryReason
from cohort_bot.app.words import zones
from cohort_bot.app.words.lists import listed
from cohort_bot.chat.i18n import N_, _, ngettext
from cohort_bot.core.membership import Cohort
from cohort_bot.core.rounds import is_zone

State = Literal["ok", "look", "fix"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `ok`, worth a `look`, or to `fix` before the bot works."""

    name: str
    state: State
    says: str
    cure: str = ""


def report(checks: Sequence[Check]) -> str:
    """The report for people: one line per check, with the cure below a problem."""
    signs = {"ok": _("ok"), "look": _("look"), "fix": _("FIX")}
    wide = max(map(len, signs.values()))
    lines = []
    for check in checks:
        lines.append(f"{signs[check.state]:{wide}}  {_(check.name)}: {check.says}")
        if check.cure:
            lines.append(" " * (wide + 2) + _("fix: {cure}", cure=check.cure))
    to_fix = sum(check.state == "fix" for check in checks)
    looks = sum(check.state == "look" for check in checks)
    if to_fix:
        lines.append(ngettext("{n} problem to fix.", "{n} problems to fix.", to_fix))
    elif looks:
        lines.append(ngettext("Nothing to fix; {n} thing to look at.", "Nothing to fix; {n} things to look at.", looks))
    else:
        lines.append(_("All good."))
    return "\n".join(lines)


def cure_of(reason: DeliveryReason | None) -> str:
    """What an operator does about what is parked for a reason."""
    return _(_CURES.get(reason, _CAUSE))


_CAUSE: Final = N_("Fix the cause, which the log has, too; then press Try again under /cohort progress.")
_CURES: Final[Mapping[DeliveryReason | None, str]] = {
    DeliveryReason.ROOM_GONE: N_(
        "Choose another channel with /cohort edit channel: (or moderators_channel:), then press Try again under "
        "/cohort progress."
    ),
    DeliveryReason.NOT_ALLOWED: N_(
        "Allow the bot to see the channel and to post in it, then press Try again under /cohort progress."
    ),
    DeliveryReason.REVOKED: N_("Install the bot there again; what waits then goes out by itself."),
    DeliveryReason.DIRECT_CLOSED: N_("Ask them to allow direct messages from the bot; nothing else is affected."),
}


def unknown_zones(cohorts: Sequence[Cohort], reach: Sequence[Reach]) -> Iterator[Check]:
    """Cohorts and people whose zones the time-zone data lacks."""
    for cohort in cohorts:
        finding = zones.unknown(cohort)
        if finding is not None:
            yield Check("time zones", "fix", finding.problem.rstrip("."), finding.cure)
    people: dict[str, dict[str, None]] = {}
    for each in reach:
        if not is_zone(each.zone):
            people.setdefault(each.zone, {})[each.name] = None
    for zone, names in people.items():
        says = _(
            "{zone}, the time zone of {names}, isn't in the time-zone data, so they're reminded at hours of UTC",
            zone=zone,
            names=listed([*names]),
        )
        cure = _("Update the data (pip install --upgrade tzdata), or have them set another with /profile timezone:.")
        yield Check("time zones", "fix", says, cure)
