"""Where an invocation comes from: the same for every kind of payload."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cohort_bot.app.commands import REPLY
from cohort_bot.chat.invocation import Invocation, Kind
from cohort_bot.chat.place import Actor, Place


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did something, where and when.

    `id` is the platform's own, the same when it delivers the event twice. `place` is None where the platform gives
    none. `at` is aware UTC. `direct` means a private conversation with the bot. `locale` is that of the server.
    """

    id: str
    actor: Actor
    place: Place | None
    at: datetime
    direct: bool = False
    locale: str = ""

    def invocation(
        self,
        kind: Kind,
        action: str,
        args: Mapping[str, str],
        fields: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Invocation:
        """The invocation: `args` are a command's options or a button's arguments, `fields` a form's answers."""
        return Invocation(
            self.id, action, kind, self.actor, self.place, self.at, args, fields or {}, self.direct, self.locale
        )

    def message(self, text: str, message: str, answers: str = "", files: int = 0) -> Invocation:
        """A message that somebody wrote to the bot: its words and id, the id of the bot's message that it answers, and
        how many files came along.
        """
        args = {"message": message, "answers": answers, "files": str(files) if files else ""}
        return self.invocation(
            "message", REPLY, {key: value for key, value in args.items() if value}, {"text": (text,)}
        )
