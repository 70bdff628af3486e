"""when each regular job last ran

Revision: 9a4d27c1e6b0, after 3f6b0c94d7a1.
"""

import sqlalchemy as sa
from alembic import op

revision = "9a4d27c1e6b0"
down_revision = "3f6b0c94d7a1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row for each job."""
    op.create_table(
        "job_runs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("well", sa.Integer(), nullable=True),
        sa.Column("says", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_runs")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """No such rows."""
    op.drop_table("job_runs")
