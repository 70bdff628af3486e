"""small groups that go quiet, and cohorts whose groups are to be made

Revision: 8d3f1b6a2c47, after 2c6f8b0d4e91.
"""

import sqlalchemy as sa
from alembic import op

revision = "8d3f1b6a2c47"
down_revision = "2c6f8b0d4e91"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SEEN = ("seen_at", "spoken_at")


def upgrade() -> None:
    """No conversation was looked at yet."""
    for column in SEEN:
        op.add_column("small_groups", sa.Column(column, BIG, nullable=True))
    op.create_table(
        "group_matchings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_matchings")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_group_matchings_cohort_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("cohort_id", name=op.f("uq_group_matchings_cohort_id")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """What was seen of conversations is forgotten; groups that were to be made are made after the next round."""
    op.drop_table("group_matchings")
    for column in reversed(SEEN):
        op.drop_column("small_groups", column)
