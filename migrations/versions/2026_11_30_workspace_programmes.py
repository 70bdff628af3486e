"""programmes that were added in chat

Revision: c41f7d2b9e60, after 6e1d5b3f8a24.
"""

import sqlalchemy as sa
from alembic import op

revision = "c41f7d2b9e60"
down_revision = "6e1d5b3f8a24"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A row for each version."""
    op.create_table(
        "workspace_programmes",
        sa.Column("id", BIG, nullable=False),
        *(sa.Column(each, sa.Text(), nullable=False) for each in TEXTS),
        *(sa.Column(each, sa.Integer(), nullable=False) for each in ("version", "weeks", "offered")),
        sa.Column("at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_programmes")),
        sa.UniqueConstraint(
            "platform",
            "workspace",
            "name",
            "version",
            name=op.f("uq_workspace_programmes_platform_workspace_name_version"),
        ),
        sqlite_strict=True,
    )


TEXTS = ("platform", "workspace", "name", "title", "content", "documents")


def downgrade() -> None:
    """No such rows; a cohort that follows one has no programme until one of that name is in CONTENT_DIR."""
    op.drop_table("workspace_programmes")
