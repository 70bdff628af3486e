"""Sessions of the board: a cookie that holds who looks, encrypted and signed, for twelve hours."""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cohort_bot.app.board_links import Visitor, load_visitor

VALID: Final = timedelta(hours=12)
COOKIE: Final = "cohort_board"


@dataclass(frozen=True, slots=True)
class Session:
    """Who looks at the board; `csrf` is in each of their forms."""

    visitor: Visitor
    csrf: str


def key_of(secret_key: str) -> bytes:
    """Fernet's key for sessions: of the first key in SECRET_KEY, or a random one, which a restart forgets."""
    first = secret_key.split(",", maxsplit=1)[0].strip()
    if not first:
        return Fernet.generate_key()
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, None, b"cohort-bot board session").derive(first.encode()))


class Sessions:
    """Makes and reads cookies. `key` is Fernet's; `now` is the machine's time, aware UTC."""

    def __init__(self, key: bytes, now: Callable[[], datetime]) -> None:
        self._fernet = Fernet(key)
        self._now = now

    def begin(self, visitor: Visitor) -> str:
        """The cookie of a new session."""
        body = json.dumps({"visitor": visitor.dump(), "csrf": secrets.token_urlsafe(12)})
        return self._fernet.encrypt_at_time(body.encode(), int(self._now().timestamp())).decode()

    def read(self, cookie: str) -> Session | None:
        """The session of a cookie, None for one that is forged or too old."""
        try:
            body = self._fernet.decrypt_at_time(
                cookie.encode(), int(VALID.total_seconds()), int(self._now().timestamp())
            )
            kept = json.loads(body)
            return Session(load_visitor(kept["visitor"]), kept["csrf"])
        except (InvalidToken, ValueError, KeyError, TypeError):
            return None
