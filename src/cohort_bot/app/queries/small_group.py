"""The people of a small group, from the row of the ledger that opens its conversation."""

from collections.abc import Sequence

from cohort_bot.app.ports.store import NewDelivery, Store
from cohort_bot.core.membership import Member


def people(store: Store, row: NewDelivery, *, still: bool, key: str = "people") -> Sequence[Member]:
    """The members that the row names under a key, without those who have left the cohort; with `still` also without
    those who are not in the group any more.
    """
    found = (store.members.get(int(each)) for each in row.args[key].split())
    there = [member for member in found if member is not None and member.active]
    if not still:
        return there
    seats = ((member, store.groups.of(member.id)) for member in there)
    return [member for member, seat in seats if seat is not None and seat.group == int(row.args["group"])]
