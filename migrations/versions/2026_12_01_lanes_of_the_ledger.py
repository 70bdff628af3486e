"""the index by which a lane's open rows are found is used for nothing else

Revision: 8e41f0b6c2d7, after 5a9c1e7d3b42.
"""

import sqlalchemy as sa
from alembic import op

revision = "8e41f0b6c2d7"
down_revision = "5a9c1e7d3b42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Its condition is spelled as nowhere else."""
    _again("state NOT IN ('sent', 'parked', 'skipped')")


def downgrade() -> None:
    """As before."""
    _again("state IN ('ready', 'unknown', 'sending')")


def _again(those: str) -> None:
    where = sa.text(those)
    op.drop_index("ix_deliveries_open_lane", table_name="deliveries")
    columns = ["lane", "due", "id"]
    op.create_index("ix_deliveries_open_lane", "deliveries", columns, sqlite_where=where, postgresql_where=where)
