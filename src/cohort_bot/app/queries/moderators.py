"""Who is told what moderators have to know."""

from collections.abc import Sequence

from cohort_bot.app.ports.store import Store
from cohort_bot.core.membership import Account, Cohort


def moderators(store: Store, cohort: Cohort) -> Sequence[Account]:
    """The accounts that get messages for moderators: the creator's, then those of people who are named.

    Holders of a named role are left out, since no platform reports who they are.
    """
    known = (
        (cohort.platform, cohort.workspace, cohort.creator),
        *(
            (moderator.platform, moderator.workspace, moderator.target)
            for moderator in store.moderators.of(cohort.id)
            if moderator.kind == "person"
        ),
    )
    accounts = (
        store.people.account(platform, workspace, user) or store.people.account(platform, "", user)
        for platform, workspace, user in known
    )
    return list({account.id: account for account in accounts if account}.values())
