"""whether only chosen people see a room, and what of a person was saved while its answer was lost

Revision: 51d7c2e8a40f, after 9a4d27c1e6b0.
"""

import sqlalchemy as sa
from alembic import op

revision = "51d7c2e8a40f"
down_revision = "9a4d27c1e6b0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rooms of before count as public until they are named again; nobody's answer is known to be lost."""
    op.add_column("rooms", sa.Column("private", sa.Integer(), server_default="0", nullable=False))
    op.add_column("accounts", sa.Column("lost", sa.Text(), nullable=True))


def downgrade() -> None:
    """And back."""
    op.drop_column("accounts", "lost")
    op.drop_column("rooms", "private")
