"""the engine's job that sends a delivery

Revision: 3b6f0a9c52d1, after 3c5e0f4a9b17.
"""

import sqlalchemy as sa
from alembic import op

revision = "3b6f0a9c52d1"
down_revision = "3c5e0f4a9b17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A message that is being sent names the job that answers for it."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("deliveries", sa.Column("job_id", number, nullable=True))


def downgrade() -> None:
    """And names it no more."""
    op.drop_column("deliveries", "job_id")
