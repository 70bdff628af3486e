"""The people of a small group, from the row of the ledger that opens its conversation."""

from collections.abc import Sequence

from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.core.membership import Member


def people(store: Store, row: NewDelivery, *, still: bool, key: str = "people") -> Sequence[Member]:
    """The members that the row names under a key; with `still` only those who are in the group now."""
    found = [member for each in row.args[key].split() if (member := store.members.get(int(each)))]
    if not still:
        return found
    seats = ((member, store.groups.of(member.id)) for member in found if member.active)
    return [member for member, seat in seats if seat is not None and seat.group == int(row.args["group"])]
