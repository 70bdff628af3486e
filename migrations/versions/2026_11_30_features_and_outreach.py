"""what is on in a cohort, why somebody was written to, who is put off, and direct messages by person

Revision: 3b8e60d1a7f5, after c41f7d2b9e60.
"""

import sqlalchemy as sa
from alembic import op

revision = "3b8e60d1a7f5"
down_revision = "c41f7d2b9e60"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TO_A_PERSON = sa.text("account_id IS NOT NULL")


def upgrade() -> None:
    """Nothing is decided yet: what is on is what is on everywhere. Of what was written before no reason is known."""
    op.add_column("cohorts", sa.Column("features", sa.Text(), server_default="", nullable=False))
    op.add_column("outreach", sa.Column("reason", sa.Text()))
    op.add_column("outreach", sa.Column("days", sa.Integer()))
    op.add_column("outreach", sa.Column("template", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "put_off",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("until", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_put_off")),
        *(
            sa.ForeignKeyConstraint(
                [f"{each}_id"], [f"{each}s.id"], name=op.f(f"fk_put_off_{each}_id"), ondelete="CASCADE"
            )
            for each in ("cohort", "member")
        ),
        sa.UniqueConstraint("cohort_id", "member_id", "by", name=op.f("uq_put_off_cohort_id_member_id_by")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_put_off_member_id"), "put_off", ["member_id"])
    op.create_index(
        "ix_deliveries_account_id",
        "deliveries",
        ["account_id", "updated"],
        sqlite_where=TO_A_PERSON,
        postgresql_where=TO_A_PERSON,
    )


def downgrade() -> None:
    """Everything is on, and nobody is put off."""
    op.drop_index("ix_deliveries_account_id", "deliveries")
    op.drop_table("put_off")
    for column in ("template", "days", "reason"):
        op.drop_column("outreach", column)
    op.drop_column("cohorts", "features")
