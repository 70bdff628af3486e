"""Understanding how people say where they live: an IANA name, a city, or the time that their clock shows."""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

CITIES: Mapping[str, str] = {
    "amsterdam": "Europe/Amsterdam", "bangalore": "Asia/Kolkata", "barcelona": "Europe/Madrid",
    "basel": "Europe/Zurich", "beijing": "Asia/Shanghai", "bengaluru": "Asia/Kolkata", "boston": "America/New_York",
    "cape town": "Africa/Johannesburg", "chennai": "Asia/Kolkata", "cologne": "Europe/Berlin",
    "dallas": "America/Chicago", "delhi": "Asia/Kolkata", "edinburgh": "Europe/London",
    "frankfurt": "Europe/Berlin", "geneva": "Europe/Zurich", "hamburg": "Europe/Berlin", "hanoi": "Asia/Bangkok",
    "houston": "America/Chicago", "hyderabad": "Asia/Kolkata", "kyiv": "Europe/Kyiv", "lyon": "Europe/Paris",
    "manchester": "Europe/London", "melbourne": "Australia/Melbourne", "miami": "America/New_York",
    "milan": "Europe/Rome", "montreal": "America/Toronto", "mumbai": "Asia/Kolkata", "munich": "Europe/Berlin",
    "osaka": "Asia/Tokyo", "philadelphia": "America/New_York", "porto": "Europe/Lisbon", "pune": "Asia/Kolkata",
    "rio de janeiro": "America/Sao_Paulo", "saigon": "Asia/Ho_Chi_Minh", "san diego": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles", "seattle": "America/Los_Angeles", "shenzhen": "Asia/Shanghai",
    "st petersburg": "Europe/Moscow", "tel aviv": "Asia/Jerusalem", "valencia": "Europe/Madrid",
    "washington": "America/New_York", "wellington": "Pacific/Auckland",
}  # fmt: skip
"""Large cities that give no zone its name."""

USUAL = (
    "Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Istanbul", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata",
    "Asia/Dhaka", "Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo", "Australia/Adelaide", "Australia/Sydney",
    "Pacific/Auckland", "America/Sao_Paulo", "America/Halifax", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/St_Johns", "Asia/Tehran", "Asia/Kabul",
    "Asia/Kathmandu", "Asia/Yangon", "Atlantic/Azores", "America/Noronha", "Pacific/Guadalcanal", "Pacific/Tongatapu",
    "Pacific/Kiritimati", "Pacific/Chatham", "Pacific/Marquesas", "Pacific/Pago_Pago", "Australia/Eucla",
)  # fmt: skip
"""The zone that is taken for an offset when somebody gives their time only, most people first."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """No zone was understood; `near` are names that look alike."""

    near: tuple[str, ...]


@cache
def known() -> Mapping[str, str]:
    """All IANA names by their folded form, and cities by theirs."""
    names = {_fold(name): name for name in sorted(available_timezones()) if name not in {"localtime", "Factory"}}
    cities = {_fold(name.rsplit("/", 1)[-1]): name for name in sorted(names.values()) if "/" in name}
    return cities | dict(CITIES) | names


def find(said: str, at: datetime) -> str | Unclear:
    """The IANA name for what somebody said at the instant; a time such as "14:30" is read off their clock."""
    said = said.strip()
    if clock := re.fullmatch(r"(\d{1,2})[:.](\d{2})", said):
        return _by_clock(int(clock[1]), int(clock[2]), at)
    folded = _fold(said)
    names = known()
    if folded in names:
        return names[folded]
    near = difflib.get_close_matches(folded, names, n=3, cutoff=0.6)
    return Unclear(tuple(dict.fromkeys(names[name] for name in near)))


def suggest(typed: str) -> tuple[str, ...]:
    """Up to 25 names that hold what was typed, for completion; usual ones when nothing was."""
    folded = _fold(typed)
    if not folded:
        return USUAL[:25]
    found = [name for key, name in known().items() if folded in key]
    found.sort(key=lambda name: (not _fold(name.rsplit("/", 1)[-1]).startswith(folded), name))
    return tuple(dict.fromkeys(found))[:25]


def _by_clock(hour: int, minute: int, at: datetime) -> str | Unclear:
    if hour > 23 or minute > 59:  # noqa: PLR2004 - a clock's face
        return Unclear(())
    shown = timedelta(hours=hour, minutes=minute)

    def away(zone: str) -> timedelta:
        there = at.astimezone(ZoneInfo(zone))
        gap = abs(timedelta(hours=there.hour, minutes=there.minute) - shown)
        return min(gap, timedelta(days=1) - gap)

    nearest = min(USUAL, key=away)
    return nearest if away(nearest) <= timedelta(minutes=10) else Unclear(())


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(re.sub(r"[_\-]", " ", "".join(c for c in plain if not unicodedata.combining(c))).split())
