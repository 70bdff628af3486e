"""how people are called, and a name that an ended cohort gives back

Revision: 3c5e0f4a9b17, after 8d41c07be2f5.
"""

import sqlalchemy as sa
from alembic import op

revision = "3c5e0f4a9b17"
down_revision = "8d41c07be2f5"
branch_labels = None
depends_on = None

_NAME = ["platform", "workspace", "name_key"]
_LIVING = sa.text("archived_at IS NULL")


def upgrade() -> None:
    """Each member gets the name under which the cohort shows them; namesakes are numbered until they are seen again."""
    op.add_column("accounts", sa.Column("handle", sa.Text(), server_default="", nullable=False))
    op.add_column("members", sa.Column("shown", sa.Text(), server_default="", nullable=False))
    op.execute(
        "UPDATE members SET shown = (SELECT CASE WHEN n.place = 1 THEN n.name ELSE n.name || ' (' || n.place || ')' "
        "END FROM (SELECT m.id, a.name, row_number() OVER (PARTITION BY m.cohort_id, lower(a.name) ORDER BY m.id) AS "
        "place FROM members m JOIN accounts a ON a.id = m.account_id) n WHERE n.id = members.id)"
    )
    with op.batch_alter_table("cohorts", table_kwargs={"sqlite_strict": True}) as batch:
        batch.drop_constraint("uq_cohorts_platform_workspace_name_key", type_="unique")
    op.create_index("ux_cohorts_name", "cohorts", _NAME, unique=True, sqlite_where=_LIVING, postgresql_where=_LIVING)


def downgrade() -> None:
    """And back. Of cohorts of one name all but the newest get their number behind it: only one may have it."""
    op.execute(
        "UPDATE cohorts SET name_key = name_key || ' ' || id WHERE EXISTS (SELECT 1 FROM cohorts c WHERE "
        "c.platform = cohorts.platform AND c.workspace = cohorts.workspace AND c.name_key = cohorts.name_key "
        "AND c.id > cohorts.id)"
    )
    op.drop_index("ux_cohorts_name", "cohorts")
    with op.batch_alter_table("cohorts", table_kwargs={"sqlite_strict": True}) as batch:
        batch.create_unique_constraint("uq_cohorts_platform_workspace_name_key", _NAME)
    op.drop_column("members", "shown")
    op.drop_column("accounts", "handle")
