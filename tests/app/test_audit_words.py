"""What a moderator changed, in the language of whoever reads it, whatever the moderator speaks."""

from datetime import UTC, datetime

import pytest

from cohort_bot.app.ports import audits
from cohort_bot.app.words.audit import done
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.message import span_text

AT = datetime(2027, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("action", "value", "said"),
    [
        (audits.HOLIDAY, "1", "1 Woche"),
        (audits.HOLIDAY_UNDONE, "2", "2 Wochen"),
        (audits.MOVED, "3 18:00 Europe/Berlin", "donnerstags um 18:00 (Europe/Berlin)"),
        (audits.HOLIDAY, "2 weeks", "2 weeks"),
        (audits.MOVED, "Thursdays at 18:00 (Europe/Berlin)", "Thursdays at 18:00 (Europe/Berlin)"),
    ],
)
def test_a_new_value_is_said_in_the_readers_language(action: str, value: str, said: str) -> None:
    change = audits.Change(AT, "1", "Ada", action, 2, value)
    with speaking("de"):
        assert "".join(map(span_text, done(change, ""))).endswith(f": {said}")
