"""payloads apart

Revision: 8d41c07be2f5, after 51a2265b370a.
"""

import sqlalchemy as sa
from alembic import op

revision = "8d41c07be2f5"
down_revision = "51a2265b370a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is said moves out of the ledger's rows."""
    op.create_table(
        "payloads",
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_payloads_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_payloads")),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO payloads SELECT id, payload FROM deliveries WHERE payload IS NOT NULL")
    op.drop_column("deliveries", "payload")


def downgrade() -> None:
    """And back in."""
    op.add_column("deliveries", sa.Column("payload", sa.Text(), nullable=True))
    op.execute("UPDATE deliveries SET payload = (SELECT payload FROM payloads WHERE delivery_id = deliveries.id)")
    op.drop_table("payloads")
