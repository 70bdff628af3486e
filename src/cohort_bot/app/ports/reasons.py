"""Why a post has not gone out, or never will: what the ledger stores and rules ask; the words are in `words/alerts`."""

from enum import Enum


class DeliveryReason(Enum):
    """The value is what is stored. Some have a detail beside them: words for people, or the name or number in ours."""

    # What a platform said, by the same names as `ports.platform.Reason`; the detail is how it put it, if it did.
    BUSY = "busy"
    DOUBTED = "doubted"
    ROOM_GONE = "room_gone"
    NOT_ALLOWED = "not_allowed"
    DIRECT_CLOSED = "direct_closed"
    PERSON_GONE = "person_gone"
    REVOKED = "revoked"
    INVALID = "invalid"

    # Not wanted, or not any more.
    BY_HAND = "by_hand"
    BEFORE_ROOM = "before_room"
    LATE = "late"
    ENDED = "ended"
    UNWANTED = "unwanted"
    MENTIONED = "mentioned"
    GATHERED = "gathered"  # the detail is the number of the row that speaks for it, too

    # Something is not as it must be.
    NO_TARGET = "no_target"
    NO_PROGRAMME = "no_programme"  # the detail is its name
    NOT_COMPOSED = "not_composed"
    NOT_SET_UP = "not_set_up"  # the detail is the platform's name

    # It is tried or looked up again.
    DOWN = "down"
    STOOD_STILL = "stood_still"
    STOPPED = "stopped"
    NO_ANSWER = "no_answer"  # the detail is what happened instead, for an operator
    NO_THREAD = "no_thread"
    NOT_NOTED = "not_noted"
    ERROR = "error"

    OTHER = "other"  # of an older release: the detail is all that is known

    @property
    def missed(self) -> bool:
        """Whether a card that was skipped for it is one that its readers have missed."""
        return self not in {DeliveryReason.BY_HAND, DeliveryReason.BEFORE_ROOM}
