"""calendars to subscribe to, and what became of the questions on earlier weeks

Revision: 5d8e0a7c41b3, after 3b8e60d1a7f5.
"""

import sqlalchemy as sa
from alembic import op

revision = "5d8e0a7c41b3"
down_revision = "3b8e60d1a7f5"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Everybody is asked, until they stop it."""
    op.add_column("members", sa.Column("questions", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "recall_answers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_answers")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_recall_answers_member_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("member_id", "round", "question", name=op.f("uq_recall_answers_member_id_round_question")),
        sqlite_strict=True,
    )
    op.create_table(
        "calendars",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("since", BIG, nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_calendars_account_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_calendars_digest")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_calendars_account_id"), "calendars", ["account_id"])


def downgrade() -> None:
    """Nobody is asked, and no address works."""
    op.drop_table("calendars")
    op.drop_table("recall_answers")
    op.drop_column("members", "questions")
