"""small groups: who wants to be in one, who is in which, and who was

Revision: 7a1c3e9f5b60, after 5d8e0a7c41b3.
"""

import sqlalchemy as sa
from alembic import op

revision = "7a1c3e9f5b60"
down_revision = "5d8e0a7c41b3"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _belongs(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def upgrade() -> None:
    """Nobody is in a group until they ask for one."""
    op.create_table(
        "small_groups",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_small_groups")),
        _belongs("small_groups", "cohort_id", "cohorts"),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_small_groups_cohort_id"), "small_groups", ["cohort_id"])
    op.create_table(
        "group_seats",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_seats")),
        _belongs("group_seats", "member_id", "members"),
        _belongs("group_seats", "group_id", "small_groups"),
        sa.UniqueConstraint("member_id", name=op.f("uq_group_seats_member_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "group_places",
        sa.Column("id", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_places")),
        _belongs("group_places", "group_id", "small_groups"),
        _belongs("group_places", "member_id", "members"),
        sa.UniqueConstraint("group_id", "member_id", name=op.f("uq_group_places_group_id_member_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_group_places_member_id"), "group_places", ["member_id"])


def downgrade() -> None:
    """Nobody is in a group."""
    for table in ("group_places", "group_seats", "small_groups"):
        op.drop_table(table)
