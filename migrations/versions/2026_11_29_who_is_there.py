"""who is there

Revision: 3f6b0c94d7a1, after 3b6f0a9c52d1.
"""

import sqlalchemy as sa
from alembic import op

revision = "3f6b0c94d7a1"
down_revision = "3b6f0a9c52d1"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """When a platform was asked about somebody, and the other ids that it knows them by."""
    op.add_column("accounts", sa.Column("asked_at", BIG, server_default="0", nullable=False))
    op.create_index("ix_accounts_asked_at", "accounts", ["asked_at"])
    op.create_table(
        "other_ids",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_other_ids_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_ids")),
        sa.UniqueConstraint("platform", "workspace", "user", name=op.f("uq_other_ids_platform_workspace_user")),
        sqlite_strict=True,
    )
    op.create_index("ix_other_ids_account_id", "other_ids", ["account_id"])


def downgrade() -> None:
    """Forget both."""
    op.drop_table("other_ids")
    op.drop_index("ix_accounts_asked_at", "accounts")
    op.drop_column("accounts", "asked_at")
