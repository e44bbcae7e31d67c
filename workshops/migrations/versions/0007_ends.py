"""Join codes that end, and accounts that are closed for a while."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DAYS = 30  # that a code of before opens from now on


def upgrade() -> None:
    op.add_column("workshop", sa.Column("code_ends_at", sa.DateTime(timezone=True)))
    ends = sa.table("workshop", sa.column("code_ends_at", sa.DateTime(timezone=True)))
    op.execute(ends.update().values(code_ends_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=DAYS)))
    op.add_column("account", sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("account", "disabled")
    op.drop_column("workshop", "code_ends_at")
