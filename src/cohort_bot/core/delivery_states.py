"""The states of a delivery, and every transition between them: its actor, and its cause.

There is no other: code that stores a state calls `check`. `tools/delivery_picture.py` draws the table.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class State(Enum):
    """The state of a delivery."""

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    PARKED = "parked"
    SKIPPED = "skipped"


OPEN: Final = (State.READY, State.UNKNOWN, State.SENDING)
"""The states in which the courier still has something to do, as the database's partial indexes list them."""

CLOSED: Final = (State.SENT, State.SKIPPED)
"""The states in which nothing remains to be done."""


class Actor(Enum):
    """What makes a transition."""

    PLANNER = "planner"
    COMMAND = "command"
    COURIER = "courier"
    TAKEOVER = "takeover"
    """What takes over after a courier that ended or is stalled: the next start, the engine, or the check for stalled
    lanes.
    """
    RECOVERY = "recovery"
    """*Try again*, or the bot itself when the cause for which a delivery was parked is gone."""
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition from one state to another. `source` is None for a new delivery."""

    source: State | None
    target: State
    actor: Actor
    cause: str


TRANSITIONS: Final = (
    Transition(None, State.READY, Actor.PLANNER, "due now, or soon"),
    Transition(None, State.READY, Actor.COMMAND, "somebody wants it posted"),
    Transition(None, State.SKIPPED, Actor.COMMAND, "skipped in advance"),
    Transition(State.READY, State.SENDING, Actor.COURIER, "claimed, before it is sent"),
    Transition(State.READY, State.SKIPPED, Actor.COURIER, "too late, or not wanted"),
    Transition(State.READY, State.PARKED, Actor.COURIER, "cannot be composed"),
    Transition(State.READY, State.UNKNOWN, Actor.RESTORE, "older than what was posted"),
    Transition(State.SENDING, State.SENT, Actor.COURIER, "the platform accepted it"),
    Transition(State.SENDING, State.READY, Actor.COURIER, "refused for now, or held back"),
    Transition(State.SENDING, State.UNKNOWN, Actor.COURIER, "no answer, or no thread"),
    Transition(State.SENDING, State.UNKNOWN, Actor.TAKEOVER, "its courier is gone"),
    Transition(State.SENDING, State.UNKNOWN, Actor.RESTORE, "older than what was posted"),
    Transition(State.SENDING, State.PARKED, Actor.COURIER, "refused until a person acts"),
    Transition(State.SENDING, State.SKIPPED, Actor.COURIER, "the person has left"),
    Transition(State.UNKNOWN, State.SENT, Actor.COURIER, "found in the history"),
    Transition(State.UNKNOWN, State.READY, Actor.COURIER, "certainly not there"),
    Transition(State.UNKNOWN, State.UNKNOWN, Actor.COURIER, "there, but no thread yet"),
    Transition(State.UNKNOWN, State.UNKNOWN, Actor.RESTORE, "older than what was posted"),
    Transition(State.UNKNOWN, State.PARKED, Actor.COURIER, "cannot be looked up"),
    Transition(State.UNKNOWN, State.SKIPPED, Actor.COURIER, "the person has left"),
    Transition(State.PARKED, State.READY, Actor.RECOVERY, "was never sent"),
    Transition(State.PARKED, State.UNKNOWN, Actor.RECOVERY, "may have been sent"),
    Transition(State.SKIPPED, State.READY, Actor.COMMAND, "wanted after all"),
    Transition(State.SKIPPED, State.READY, Actor.PLANNER, "the calendar was wrong"),
)

_ALLOWED: Final = frozenset((transition.source, transition.target) for transition in TRANSITIONS)


class IllegalTransition(Exception):
    """A transition that is not in the table: a bug of ours."""


def check(source: State | None, *targets: State) -> None:
    """Raise IllegalTransition unless a delivery may go from `source`, None for a new one, to each of the targets."""
    for target in targets:
        if (source, target) not in _ALLOWED:
            raise IllegalTransition(f"no delivery goes from {source and source.value} to {target.value}")
