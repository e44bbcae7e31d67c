"""What a project knows better than the edition about the cost of a product."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cost_override",
        sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("product_id", sa.String(80), primary_key=True),
        sa.Column("plan_id", sa.String(80), primary_key=True),
        sa.Column("what", sa.String(40), primary_key=True),
        sa.Column("low", sa.Float, nullable=False),
        sa.Column("likely", sa.Float, nullable=False),
        sa.Column("high", sa.Float, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("changed_by", sa.Text, nullable=False, server_default=""),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("cost_override")
