"""Why a post was not sent, yet or ever: what the ledger stores and rules read; the words are in `words/alerts`."""

from enum import Enum


class DeliveryReason(Enum):
    """The value is what is stored. Some have a detail beside them: words for people, or a name or number that our own
    sentence includes.
    """

    # What a platform said, by the same names as `ports.platform.Reason`; the detail is its own wording, if it gave any.
    BUSY = "busy"
    DOUBTED = "doubted"
    ROOM_GONE = "room_gone"
    NOT_ALLOWED = "not_allowed"
    DIRECT_CLOSED = "direct_closed"
    PERSON_GONE = "person_gone"
    REVOKED = "revoked"
    INVALID = "invalid"
    UNSEEN = "unseen"  # our own posts cannot be recognised there, so nobody knows whether this is one of them

    # Not wanted, or no longer.
    BY_HAND = "by_hand"
    BEFORE_ROOM = "before_room"
    LATE = "late"
    ENDED = "ended"
    UNWANTED = "unwanted"
    MENTIONED = "mentioned"
    IN_ROOM = "in_room"  # a message to a small group: there is a thread in the room instead
    GATHERED = "gathered"  # the detail is the number of the row that also covers it

    # Something is wrong.
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

    OTHER = "other"  # from an older release: the detail is all that is known

    @property
    def missed(self) -> bool:
        """Whether readers missed a card that was skipped for this reason."""
        return self not in {DeliveryReason.BY_HAND, DeliveryReason.BEFORE_ROOM}
