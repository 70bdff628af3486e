"""People and their accounts as transactions see them. Part of the Store."""

from datetime import datetime
from typing import Protocol

from cohort_bot.core.membership import Account


class People(Protocol):
    """People and their accounts."""

    def account(self, platform: str, workspace: str, user: str) -> Account | None:
        """The account, None when the person never did anything here."""

    def get(self, account_id: int) -> Account | None:
        """The account by its row."""

    def add(self, platform: str, workspace: str, user: str, name: str, zone: str) -> Account:
        """A new person with one account."""

    def update(self, account_id: int, *, name: str, zone: str, reminders: bool) -> None:
        """Change what is known of them."""

    def set_mention(self, account_id: int, *, wanted: bool) -> None:
        """Whether a reminder that cannot come directly may name them in the thread."""

    def set_closed(self, account_id: int, at: datetime | None) -> None:
        """A direct message did not arrive; None when they were told, or one did."""

    def set_gone(self, account_id: int, at: datetime | None) -> None:
        """They are in the workspace no more; None when they are back."""

    def erase(self, person_id: int, name: str) -> None:
        """Forget who it was: the accounts get that name, lead to nobody, and the person can come again as a new one."""
