"""posts that are there and cannot be found again by their marks

Revision: b7d24f0a6e13, after 9e3b7c05d1f8.
"""

import sqlalchemy as sa
from alembic import op

revision = "b7d24f0a6e13"
down_revision = "9e3b7c05d1f8"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """No post was looked for yet."""
    op.create_table(
        "unseen_marks",
        sa.Column("spot", sa.Text(), nullable=False),
        sa.Column("delivery_id", BIG, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("since", BIG, nullable=False),
        sa.PrimaryKeyConstraint("spot", name=op.f("pk_unseen_marks")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_unseen_marks_delivery_id"), ondelete="CASCADE"
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_unseen_marks_delivery_id"), "unseen_marks", ["delivery_id"])


def downgrade() -> None:
    """What is held stays parked, for a reason that the earlier release knows."""
    op.execute("UPDATE deliveries SET reason = 'not_allowed' WHERE reason = 'unseen'")
    op.drop_index(op.f("ix_unseen_marks_delivery_id"), table_name="unseen_marks")
    op.drop_table("unseen_marks")
