"""indexes by which a member's and a room's rows, a cohort's of a kind, and old reminders are found

Revision: 5a9c1e7d3b42, after b7d24f0a6e13.
"""

import sqlalchemy as sa
from alembic import op

revision = "5a9c1e7d3b42"
down_revision = "b7d24f0a6e13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Instead of looking at the whole ledger."""
    op.drop_index("ix_deliveries_cohort_id_state", table_name="deliveries")
    op.create_index("ix_deliveries_cohort_id_state_kind", "deliveries", ["cohort_id", "state", "kind"])
    for column, those in (
        ("member_id", "member_id IS NOT NULL"),
        ("room_id", "room_id IS NOT NULL"),
        ("expires", "room_id IS NULL AND expires IS NOT NULL"),
    ):
        where = sa.text(those)
        name = f"ix_deliveries_{column}"
        op.create_index(name, "deliveries", [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """As before."""
    for columns in ("expires", "room_id", "member_id", "cohort_id_state_kind"):
        op.drop_index(f"ix_deliveries_{columns}", table_name="deliveries")
    op.create_index("ix_deliveries_cohort_id_state", "deliveries", ["cohort_id", "state"])
