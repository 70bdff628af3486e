"""the language of a cohort, and of a person

Revision: 9e3b7c05d1f8, after 8d3f1b6a2c47.
"""

import sqlalchemy as sa
from alembic import op

revision = "9e3b7c05d1f8"
down_revision = "8d3f1b6a2c47"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cohorts read English, as they did. What people's clients are set to is heard when they do something."""
    op.add_column("cohorts", sa.Column("language", sa.Text(), server_default="en", nullable=False))
    for column in ("locale", "language"):
        op.add_column("accounts", sa.Column(column, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Everybody reads English."""
    for column in ("language", "locale"):
        op.drop_column("accounts", column)
    op.drop_column("cohorts", "language")
