"""What a kind of post is, and what its messages are composed from; the kinds themselves are in `kinds.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from cohort_bot.app.delivery import message_cap
from cohort_bot.app.delivery.message_cap import Direct
from cohort_bot.app.ports.programmes import Programmes
from cohort_bot.app.ports.store import DirectMessage, NewDelivery, Store
from cohort_bot.chat.catalogues import ENGLISH
from cohort_bot.chat.i18n import speaking
from cohort_bot.chat.message import Message
from cohort_bot.core.features import Feature
from cohort_bot.core.membership import Cohort, Member
from cohort_bot.core.programme import Programme


@dataclass(frozen=True)
class Scene:
    """What a message is composed from: one row of the ledger, at the instant of its first claim.

    `others` are rows of the same kind that this message also covers. `board`: the cohort's board can be opened.
    """

    store: Store
    cohort: Cohort
    programmes: Programmes
    row: NewDelivery
    at: datetime
    others: Sequence[NewDelivery] = ()
    board: bool = False

    @cached_property
    def programme(self) -> Programme:
        """The cohort's programme, in the language that the message is composed in."""
        programme = self.programmes.get(self.cohort.programme)
        if programme is None:
            raise ValueError(f"{self.cohort.programme} cannot be read")
        return programme

    @property
    def number(self) -> int:
        """The round; only for kinds that have one."""
        if self.row.round is None:
            raise ValueError(f"{self.row.key} has no round")
        return self.row.round

    @property
    def direct(self) -> bool:
        """Whether it goes to a person, and not to a room or to the moderators' channel."""
        return self.row.account_id is not None and "channel" not in self.row.args

    @cached_property
    def heard(self) -> Sequence[DirectMessage]:
        """What its reader has got directly in this round."""
        return message_cap.heard(self.store, self.cohort.calendar, self.row.account_id or 0, self.at)

    @cached_property
    def member(self) -> Member:
        """The member that it is about; only for kinds that have one."""
        member = self.store.members.get(self.row.member_id or 0)
        if member is None:
            raise ValueError(f"{self.row.key} has no member")
        return member


def said_in(language: str, compose: Callable[[], Message | None]) -> Message | None:
    """What `compose` returns, said in the language."""
    with speaking(language):
        message = compose()
    return message if message is None or language == ENGLISH else replace(message, language=language)


@dataclass(frozen=True, slots=True)
class Kind:
    """All that differs between kinds of posts. Code that treats kinds differently reads it here.

    `label` is its name for moderators. `compose` returns the message, None when it is no longer wanted. `patience` is
    how long after its instant it is still sent; None means for ever. `planned`: it comes from the calendar and not from
    a command. `after_end`: it also goes out when the cohort has ended. `opens_thread`: a thread is opened under it.
    `quotes_members`: it may name members or say what they wrote, so its text is deleted when one of them is erased.
    `mentioned`: where it cannot be sent directly a mention may take its place. `notice`: it informs moderators about
    other posts, and causes no further notice. `gathers`: it also covers the others of its kind and room that have come
    due by then. `by_day`: in the reader's quiet hours it waits until their morning. `ahead`: it may be composed shortly
    before its instant, because only a change to the cohort can alter its text. `withdrawn` makes the text that replaces
    a post no longer wanted after it was sent. `direct` is how it counts when it goes to a person, which no kind may
    leave out that does. `apart`: it begins the conversation of a small group, and where there can be none, a thread in
    the room takes its place. `feature`: it comes only where that is switched on. `event`: it changes
    what stands in the workspace's list of events, where there is one. `of_all`: it reads what a whole cohort did, which
    takes longer than anybody may wait for the writer. `remembered`: it is asked even later whether one was sent, so
    its row stays when those of other direct messages that have expired are deleted.
    """

    label: str
    compose: Callable[[Scene], Message | None]
    patience: timedelta | None = None
    planned: bool = False
    after_end: bool = False
    opens_thread: bool = False
    quotes_members: bool = False
    mentioned: bool = False
    notice: bool = False
    gathers: bool = False
    by_day: bool = False
    ahead: bool = False
    withdrawn: Callable[[], Message] | None = None
    direct: Direct | None = None
    apart: bool = False
    feature: Feature | None = None
    event: bool = False
    of_all: bool = False
    remembered: bool = False

    @property
    def waits_for_day(self) -> bool:
        """Whether it waits in the reader's quiet hours until their morning."""
        return self.by_day or self.direct is Direct.CAPPED
