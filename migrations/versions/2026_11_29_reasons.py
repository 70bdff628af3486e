"""why a post stands as it does, which reminder or paper it is, and who was erased, in columns of their own

Revision: 6e1d5b3f8a24, after 51d7c2e8a40f.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "6e1d5b3f8a24"
down_revision = "51d7c2e8a40f"
branch_labels = None
depends_on = None

REFUSED = {
    "room_gone": "the room is gone",
    "not_allowed": "I may not post there",
    "direct_closed": "their direct messages are closed",
    "person_gone": "the person is no longer here",
    "revoked": "my access was taken away",
    "invalid": "the platform refused the message",
}
SENTENCES = REFUSED | {
    "doubted": "refused, though the person and the bot are there: tried once more",
    "by_hand": "a moderator skipped it",
    "before_room": "it was before the room",
    "late": "too late to be of use",
    "ended": "the cohort has ended",
    "unwanted": "not wanted any more",
    "mentioned": "a mention takes its place",
    "no_target": "the room or the person is no longer known",
    "not_composed": "the message cannot be composed; the log has the details",
    "down": "the platform is down",
    "stood_still": "the process stood still",
    "stopped": "the bot was stopped",
    "no_answer": "no answer",
    "no_thread": "its thread is not open yet",
    "not_noted": "its outcome could not be noted",
    "error": "an unforeseen error",
}
"""What stood for each code."""

AROUND = {
    "gathered": ("said with delivery ", ""),
    "no_programme": ("the programme ", " cannot be read"),
    "not_set_up": ("", " is not set up"),
}
"""What stood around a name or number, which is the detail."""

PLATFORMS = {
    "it is not a text channel": "not_allowed",
    "the server has reached its limit of active threads": "not_allowed",
    "AutoMod blocked the message": "not_allowed",
    "the server demands more verification than I have": "not_allowed",
    "the week's thread is archived": "not_allowed",
    "I cannot read the history": "not_allowed",
    "the week's thread is locked": "not_allowed",
    "Discord takes a link in it for harmful": "not_allowed",
    "no files can be sent in this server": "not_allowed",
    "I do not see the channel: it is private and I am not in it, or it is gone": "room_gone",
    "the channel is archived": "room_gone",
    "it may be there already, and I cannot tell": "not_allowed",
    "the thread is locked": "not_allowed",
}
"""What platforms say themselves of a refusal; it is the detail."""

CURES = {
    "room_gone": "Give the cohort another room with /cohort edit, then press Try again.",
    "not_allowed": "Let me see the room and post in it, then press Try again.",
    "direct_closed": "They can open them in their privacy settings.",
    "person_gone": "Nothing to do; they come back with their record.",
    "revoked": "Install me again; what is waiting then goes out by itself.",
    "invalid": "Tell whoever runs me; the log has the details.",
}
THEN = " Then press Try again."

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COLUMNS = ("id", "key", "kind", "cohort_id", "room_id", "round", "part", "args", "reason", "detail")
deliveries = sa.table("deliveries", *map(sa.column, _COLUMNS))
drafts = sa.table("drafts", *map(sa.column, ("token", "body", "user", "member_id")))


def upgrade() -> None:
    """Each sentence becomes its code; one that is not known is kept as the detail of "other"."""
    op.add_column("deliveries", sa.Column("part", sa.Text()))
    op.add_column("deliveries", sa.Column("detail", sa.Text()))
    key, kind, part = deliveries.c.key, deliveries.c.kind, deliveries.c.part
    nudge = sa.case((key.like("nudge:%:closing:m%"), "closing"), else_="middle")
    op.execute(sa.update(deliveries).where(kind == "nudge").values({part: nudge}))
    number = (sa.cast(deliveries.c[name], sa.Text()) for name in ("cohort_id", "round", "room_id"))
    cohort, of_round, room = map(sa.func.length, number)
    length = sa.func.length(key) - sa.func.length("paper::r::") - cohort - of_round - room
    paper = sa.func.substr(key, sa.func.length("paper::r:") + cohort + of_round + 1, length)
    op.execute(sa.update(deliveries).where(kind == "paper").values({part: paper}))
    reason = deliveries.c.reason
    codes = [(reason == text, code) for code, text in SENTENCES.items()]
    details: list[tuple[Any, Any]] = [(reason.in_(list(SENTENCES.values())), sa.null())]
    for code, (head, tail) in AROUND.items():
        its = reason.like(f"{head}_%{tail}")
        codes.append((its, code))
        length = sa.func.length(reason) - len(head) - len(tail)
        details.append((its, sa.func.substr(reason, len(head) + 1, length)))
    codes += [(reason == text, code) for text, code in PLATFORMS.items()]
    op.execute(
        sa.update(deliveries)
        .where(reason.is_not(None))
        .values(reason=sa.case(*codes, else_="other"), detail=sa.case(*details, else_=reason))
    )
    op.add_column("accounts", sa.Column("erased", sa.Integer(), server_default="0", nullable=False))
    op.execute("""UPDATE accounts SET erased = 1 WHERE "user" = 'erased-' || id""")
    op.add_column("drafts", sa.Column("user", sa.Text()))
    op.add_column("drafts", sa.Column("member_id", BIG))
    for draft in op.get_bind().execute(sa.select(drafts.c.token, drafts.c.body)).all():
        body = _read(draft.body)
        of = {"user": body.get("user"), "member_id": int(body["member"]) if "member" in body else None}
        op.execute(sa.update(drafts).where(drafts.c.token == draft.token).values(of))
    for row, args in _alerts():
        code, detail = _parsed(args["reason"])
        cure = "" if args["cure"] == CURES.get(code) else args["cure"].removesuffix(THEN)
        new = args | {"reason": code, "detail": detail or "", "cure": cure}
        _write(row, new, f"{code}-{_digest(detail)}" if detail else code)


def downgrade() -> None:
    """The sentences are there again."""
    for row, args in _alerts():
        detail = args.pop("detail", None) or None
        sentence = _sentence(args["reason"], detail)
        cure = f"{args['cure']}{THEN}" if args["cure"] else CURES.get(args["reason"], "")
        _write(row, args | {"reason": sentence, "cure": cure}, sentence)
    reason, said = deliveries.c.reason, deliveries.c.detail
    around = [(reason == code, sa.literal(head) + said + tail) for code, (head, tail) in AROUND.items()]
    ours = [(reason == code, text) for code, text in SENTENCES.items()]
    op.execute(
        sa.update(deliveries)
        .where(reason.is_not(None))
        .values(reason=sa.case(*around, (said.is_not(None), said), *ours, else_=reason))
    )
    op.drop_column("drafts", "member_id")
    op.drop_column("drafts", "user")
    op.drop_column("accounts", "erased")
    op.drop_column("deliveries", "detail")
    op.drop_column("deliveries", "part")


def _parsed(sentence: str) -> tuple[str, str | None]:
    """The code and the detail of what was told to moderators: a refusal, in our words or the platform's."""
    known = {text: code for code, text in SENTENCES.items()}
    if sentence in known:
        return known[sentence], None
    return PLATFORMS.get(sentence, "other"), sentence


def _sentence(code: str, detail: str | None) -> str:
    return detail or SENTENCES.get(code, code)


def _digest(detail: str) -> str:
    return hashlib.blake2b(detail.encode(), digest_size=5).hexdigest()


def _alerts() -> Iterator[tuple[sa.Row[Any], dict[str, str]]]:
    """What was or is to be told to moderators, which is little."""
    rows = op.get_bind().execute(sa.select(deliveries).where(deliveries.c.kind == "alert")).all()
    return ((row, json.loads(row.args)) for row in rows)


def _read(body: str) -> dict[str, str]:
    """What a draft holds; nothing where it is none of ours."""
    with contextlib.suppress(ValueError):
        return dict(json.loads(body))
    return {}


def _write(row: sa.Row[Any], args: dict[str, str], reason: str) -> None:
    """Write down what an alert is about, also in its key."""
    key = re.sub(r"^(alert:[^:]*:[^:]*:).*(:[0-9-]*:a[0-9]*)$", lambda its: its[1] + reason + its[2], row.key)
    values = {"args": json.dumps(args, ensure_ascii=False), "key": key}
    op.execute(sa.update(deliveries).where(deliveries.c.id == row.id).values(values))
