"""Demonstrations, suitability for the team, quotes, decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "script_line",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
        sa.Column("item_id", sa.String(80), nullable=False),
        sa.Column("scene", sa.String(40), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("look_for", sa.Text, nullable=False, server_default=""),
        sa.Column("dropped", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    )
    op.create_index("ix_script_line_project_id", "script_line", ["project_id"])
    op.create_table(
        "demonstration",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
        sa.Column("product_id", sa.String(80), nullable=False),
        sa.Column("plan_id", sa.String(80), nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("revealed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_demonstration_project_id", "demonstration", ["project_id"])
    op.create_table(
        "scorer",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "demonstration_id",
            sa.String(32),
            sa.ForeignKey("demonstration.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("person_id", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False, server_default=""),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("demonstration_id", "person_id", name="uq_scorer_person"),
    )
    op.create_table(
        "score",
        sa.Column("scorer_id", sa.String(32), sa.ForeignKey("scorer.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("line_id", sa.String(32), sa.ForeignKey("script_line.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("level", sa.Integer),
        sa.Column("effort", sa.Integer),
        sa.Column("comment", sa.Text, nullable=False, server_default=""),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "sus_answer",
        sa.Column("scorer_id", sa.String(32), sa.ForeignKey("scorer.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("question", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("answer", sa.Integer, nullable=False),
    )
    op.create_table(
        "suitability",
        sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("product_id", sa.String(80), primary_key=True),
        sa.Column("criterion", sa.String(40), primary_key=True),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    )
    op.create_table(
        "quote",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
        sa.Column("product_id", sa.String(80), nullable=False),
        sa.Column("plan_id", sa.String(80), nullable=False),
        sa.Column("yearly", sa.Float, nullable=False),
        sa.Column("setup", sa.Float),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("dated", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("reference", sa.Text, nullable=False, server_default=""),
        sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_quote_project_id", "quote", ["project_id"])
    op.create_table(
        "balance",
        sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("parts", sa.JSON, nullable=False),
        sa.Column("criteria", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False),
        sa.Column("offer", sa.String(161), nullable=False),
        sa.Column("decided_on", sa.Date, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("dissent", sa.JSON, nullable=False),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_decision_project_id", "decision", ["project_id"])


def downgrade() -> None:
    for table in (
        "decision",
        "balance",
        "quote",
        "suitability",
        "sus_answer",
        "score",
        "scorer",
        "demonstration",
        "script_line",
    ):
        op.drop_table(table)
