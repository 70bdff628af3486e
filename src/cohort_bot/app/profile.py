"""What a member decides about themselves."""

from cohort_bot.app.commands import CommandSpec, Role
from cohort_bot.app.errors import PersonError
from cohort_bot.app.lookup import account_of
from cohort_bot.app.services import Services
from cohort_bot.app.store import Store
from cohort_bot.chat.form import Reply
from cohort_bot.chat.invocation import Invocation
from cohort_bot.chat.message import Message


async def reminders_off(services: Services, invocation: Invocation) -> Reply:
    """Stop all reminders of the person."""

    def write(store: Store) -> None:
        account = account_of(store, invocation.actor)
        if account is None:
            raise PersonError("You get no reminders from me.")
        store.people.update(account.id, name=account.name, zone=account.zone, reminders=False)

    await services.change(invocation, write)
    return Message("No more reminders. The weekly card stays in the room, and you can check in whenever you like.")


ROWS = (CommandSpec("reminders.off", Role.MEMBER, reminders_off),)
