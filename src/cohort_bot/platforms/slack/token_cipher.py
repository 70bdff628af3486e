"""Encryption of secrets in the database: Fernet, with keys that can be changed. Pure."""

import base64
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cohort_bot.chat.i18n import N_
from cohort_bot.settings import WrongSetting

KEY_LEAST: Final = 16
"""The least number of characters in a key, which should be random."""

ADVICE: Final = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


class WeakKey(WrongSetting):
    """SECRET_KEY cannot be used: one line with the cure, and without the key."""


class Unreadable(Exception):
    """None of the keys decrypts it."""


class TokenCipher:
    """Encrypts with the first of the keys in `secret_key`, which are separated by commas, and decrypts with any of
    them.

    To change the key put the new one before the old one and a comma; stored values are then encrypted again when they
    are read. A key may be any text of at least 16 random characters: what Fernet needs is derived from it (HKDF).
    Raises WeakKey.
    """

    def __init__(self, secret_key: str) -> None:
        keys = [key.strip() for key in secret_key.split(",") if key.strip()]
        if not keys or min(map(len, keys)) < KEY_LEAST:
            raise WeakKey(
                N_("SECRET_KEY needs at least {least} random characters; {command} prints a good one"),
                least=KEY_LEAST,
                command=ADVICE,
            )
        derived = [Fernet(_derived(key)) for key in keys]
        self._first = derived[0]
        self._all = MultiFernet(derived)

    def seal(self, said: str) -> str:
        """Encrypted, with a time stamp and a signature."""
        return self._first.encrypt(said.encode()).decode()

    def open(self, sealed: str) -> tuple[str, bool]:
        """The decrypted value, and whether an older key was used. Raises Unreadable."""
        try:
            return self._first.decrypt(sealed).decode(), False
        except InvalidToken:
            try:
                return self._all.decrypt(sealed).decode(), True
            except InvalidToken:
                raise Unreadable from None


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cohort-bot: tokens of workspaces")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
