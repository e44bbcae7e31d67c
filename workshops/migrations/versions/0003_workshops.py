"""Workshops, participants, votes, discussions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workshop",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False, unique=True
        ),
        sa.Column("code", sa.String(12), nullable=False, unique=True),
        sa.Column("accepting", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("agenda", sa.JSON, nullable=False),
        sa.Column("agenda_version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("session_id", sa.String(80), nullable=False, server_default=""),
        sa.Column("session_started_at", sa.DateTime(timezone=True)),
        sa.Column("item_id", sa.String(80), nullable=False, server_default=""),
        sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
        sa.Column("votes", sa.Integer, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "workshop_id", sa.String(32), sa.ForeignKey("workshop.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("team", sa.String(80), nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("personal_code", sa.String(12), nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("workshop_id", "name_key", name="uq_participant_name"),
    )
    op.create_table(
        "device",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "participant_id",
            sa.String(32),
            sa.ForeignKey("participant.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "vote",
        sa.Column(
            "participant_id", sa.String(32), sa.ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("item_id", sa.String(80), primary_key=True),
        sa.Column("workshop_id", sa.String(32), sa.ForeignKey("workshop.id", ondelete="CASCADE"), nullable=False),
        sa.Column("level", sa.Integer),
        sa.Column("skipped", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("comment", sa.Text, nullable=False, server_default=""),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("ix_vote_workshop_item", "workshop_id", "item_id"),
    )
    op.create_table(
        "vote_event",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "participant_id",
            sa.String(32),
            sa.ForeignKey("participant.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("item_id", sa.String(80), nullable=False),
        sa.Column("level", sa.Integer),
        sa.Column("skipped", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "discussion",
        sa.Column("workshop_id", sa.String(32), sa.ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("item_id", sa.String(80), primary_key=True),
        sa.Column("revealed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("seconds", sa.Integer, nullable=False, server_default="0"),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    for table in ("discussion", "vote_event", "vote", "device", "participant", "workshop"):
        op.drop_table(table)
