"""the paper club: what members propose, vote for and present

Revision: 2c6f8b0d4e91, after 7a1c3e9f5b60.
"""

import sqlalchemy as sa
from alembic import op

revision = "2c6f8b0d4e91"
down_revision = "7a1c3e9f5b60"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _belongs(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def upgrade() -> None:
    """Nothing is proposed until a member does."""
    op.create_table(
        "paper_proposals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_proposals")),
        _belongs("paper_proposals", "member_id", "members"),
        sa.UniqueConstraint("member_id", "week", name=op.f("uq_paper_proposals_member_id_week")),
        sqlite_strict=True,
    )
    op.create_table(
        "paper_votes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("proposal_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_votes")),
        _belongs("paper_votes", "member_id", "members"),
        _belongs("paper_votes", "proposal_id", "paper_proposals"),
        sa.UniqueConstraint("member_id", "week", name=op.f("uq_paper_votes_member_id_week")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_paper_votes_proposal_id"), "paper_votes", ["proposal_id"])
    op.create_table(
        "paper_meetings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("cohort_id", BIG, nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("member_id", BIG, nullable=True),
        sa.Column("starts", BIG, nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_meetings")),
        _belongs("paper_meetings", "cohort_id", "cohorts"),
        _belongs("paper_meetings", "member_id", "members"),
        sa.UniqueConstraint("cohort_id", "week", name=op.f("uq_paper_meetings_cohort_id_week")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_paper_meetings_member_id"), "paper_meetings", ["member_id"])


def downgrade() -> None:
    """Picks that won a vote stay, as if a moderator had made them."""
    for table in ("paper_meetings", "paper_votes", "paper_proposals"):
        op.drop_table(table)
