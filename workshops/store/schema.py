"""The tables. A change here goes with a migration in `workshops/migrations/versions`."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

project = sa.Table(
    "project",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False, server_default=""),
    sa.Column("edition_id", sa.String(40), nullable=False),
    sa.Column("is_sample", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    # counts every change inside the project: what pages poll, and what results are cached by
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("context", sa.JSON, nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
)

domain_weight = sa.Table(
    "domain_weight",
    metadata,
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("domain_id", sa.String(80), primary_key=True),
    sa.Column("points", sa.Float, nullable=False),
)

expectation = sa.Table(
    "expectation",
    metadata,
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("item_id", sa.String(80), primary_key=True),
    sa.Column("level", sa.Integer),
    sa.Column("must_have", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("owner", sa.Text, nullable=False, server_default=""),
    sa.Column("status", sa.String(20), nullable=False, server_default="open"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("changed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
)

own_item = sa.Table(
    "own_item",
    metadata,
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("domain_id", sa.String(80), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("definition", sa.Text, nullable=False, server_default=""),
)

cost_override = sa.Table(
    "cost_override",
    metadata,
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("product_id", sa.String(80), primary_key=True),
    sa.Column("plan_id", sa.String(80), primary_key=True),  # "" where it holds for every plan
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

# append-only: who changed what, and when
journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("project_id", sa.String(32), index=True),
    sa.Column("action", sa.String(60), nullable=False),
    sa.Column("subject", sa.String(120), nullable=False, server_default="", index=True),
    sa.Column("before", sa.JSON),
    sa.Column("after", sa.JSON),
)
