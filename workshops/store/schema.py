"""The tables. A change here goes with a migration in `workshops/migrations/versions`."""

from __future__ import annotations

import datetime as dt
import secrets

import sqlalchemy as sa

# letters and digits that nobody confuses when they are read aloud or typed on a phone
CODE_LETTERS, CODE_LENGTH = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 6
CODE_LASTS = dt.timedelta(days=30)


def new_code() -> str:
    """A code that a person can type; one of nine hundred million."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def code_end() -> dt.datetime:
    """Until when a code opens that is given now."""
    return dt.datetime.now(dt.UTC) + CODE_LASTS


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

# levels that the project takes in place of the edition's: declared by a vendor, or seen in a demonstration
project_rating = sa.Table(
    "project_rating",
    metadata,
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("product_id", sa.String(80), primary_key=True),
    sa.Column("item_id", sa.String(80), primary_key=True),
    sa.Column("basis", sa.String(20), primary_key=True),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("plan_id", sa.String(80), nullable=False, server_default=""),
    sa.Column("add_on_id", sa.String(80), nullable=False, server_default=""),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("on", sa.Date, nullable=False),
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

# the room of a project: how to join it, what is planned, what stands on the projector
workshop = sa.Table(
    "workshop",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column(
        "project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    sa.Column("code", sa.String(12), nullable=False, unique=True, info={"renew": new_code}),
    # nobody joins with the code after that; those who joined before stay
    sa.Column("code_ends_at", sa.DateTime(timezone=True), info={"renew": code_end}),
    sa.Column("accepting", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("agenda", sa.JSON, nullable=False),
    sa.Column("agenda_version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("session_id", sa.String(80), nullable=False, server_default=""),
    sa.Column("session_started_at", sa.DateTime(timezone=True)),
    sa.Column("item_id", sa.String(80), nullable=False, server_default=""),
    # counters that pages poll: what the lead did, and votes
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("votes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)

participant = sa.Table(
    "participant",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column(
        "workshop_id", sa.String(32), sa.ForeignKey("workshop.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("team", sa.String(80), nullable=False),
    # the folded name with the team: one person of a name in a team
    sa.Column("name_key", sa.Text, nullable=False),
    # what a person types to be the same person on another device
    sa.Column("personal_code", sa.String(12), nullable=False, info={"renew": new_code}),
    sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("workshop_id", "name_key", name="uq_participant_name"),
)

# a browser of a participant; the address in it holds the token, the database only its hash
device = sa.Table(
    "device",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True, info={"renew": lambda: secrets.token_hex(32)}),
    sa.Column(
        "participant_id", sa.String(32), sa.ForeignKey("participant.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
)

vote = sa.Table(
    "vote",
    metadata,
    sa.Column("participant_id", sa.String(32), sa.ForeignKey("participant.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("item_id", sa.String(80), primary_key=True),
    sa.Column("workshop_id", sa.String(32), sa.ForeignKey("workshop.id", ondelete="CASCADE"), nullable=False),
    sa.Column("level", sa.Integer),
    sa.Column("skipped", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("comment", sa.Text, nullable=False, server_default=""),
    # counts the answers of this person on this item; an older one that arrives late changes nothing
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("ix_vote_workshop_item", "workshop_id", "item_id"),
)

# append-only: every answer that was ever given
vote_event = sa.Table(
    "vote_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column(
        "participant_id", sa.String(32), sa.ForeignKey("participant.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("item_id", sa.String(80), nullable=False),
    sa.Column("level", sa.Integer),
    sa.Column("skipped", sa.Boolean, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)

# an item that stood on the projector: whether its votes are shown, and how long it was talked about
discussion = sa.Table(
    "discussion",
    metadata,
    sa.Column("workshop_id", sa.String(32), sa.ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("item_id", sa.String(80), primary_key=True),
    sa.Column("revealed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("seconds", sa.Integer, nullable=False, server_default="0"),
    sa.Column("opened_at", sa.DateTime(timezone=True)),  # missing while it is not on the projector
    sa.Column("settled_at", sa.DateTime(timezone=True)),  # missing while nothing was agreed
)

# what vendors are asked to show, the same for each
script_line = sa.Table(
    "script_line",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("item_id", sa.String(80), nullable=False),
    sa.Column("scene", sa.String(40), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("why", sa.String(20), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("look_for", sa.Text, nullable=False, server_default=""),
    # out of the script; what was seen on it stays
    sa.Column("dropped", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
)

demonstration = sa.Table(
    "demonstration",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("product_id", sa.String(80), nullable=False),
    sa.Column("plan_id", sa.String(80), nullable=False),
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("revealed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)

# a person who scores a demonstration; a second sheet of the same person is the same row
scorer = sa.Table(
    "scorer",
    metadata,
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

score = sa.Table(
    "score",
    metadata,
    sa.Column("scorer_id", sa.String(32), sa.ForeignKey("scorer.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("line_id", sa.String(32), sa.ForeignKey("script_line.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("level", sa.Integer),
    sa.Column("effort", sa.Integer),
    sa.Column("comment", sa.Text, nullable=False, server_default=""),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)

sus_answer = sa.Table(
    "sus_answer",
    metadata,
    sa.Column("scorer_id", sa.String(32), sa.ForeignKey("scorer.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("question", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("answer", sa.Integer, nullable=False),
)

# how a product suits the project team: one answer a criterion, with who and why
suitability = sa.Table(
    "suitability",
    metadata,
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("product_id", sa.String(80), primary_key=True),
    sa.Column("criterion", sa.String(40), primary_key=True),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
)

quote = sa.Table(
    "quote",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False, index=True),
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

# what counts how much in the final choice; a project without a row has the usual balance
balance = sa.Table(
    "balance",
    metadata,
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("parts", sa.JSON, nullable=False),
    sa.Column("criteria", sa.JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
)

# append-only: each recorded choice with what it rested on; the last one stands
decision = sa.Table(
    "decision",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("offer", sa.String(161), nullable=False),
    sa.Column("decided_on", sa.Date, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("dissent", sa.JSON, nullable=False),
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)

# ---------------------------------------------------------------- who may enter; stays with the installation

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("login", sa.String(254), nullable=False, unique=True),  # an e-mail address, folded
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("password", sa.Text),  # its Argon2 hash; missing where only the organisation's sign-in opens it
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
    info={"stays": True},
)

# on a network a project is visible to its members only
member = sa.Table(
    "member",
    metadata,
    sa.Column("project_id", sa.String(32), sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("account_id", sa.String(32), sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    info={"stays": True},
)

# a browser that signed in with a password; its cookie holds the token, the database only its hash
sign_in = sa.Table(
    "sign_in",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.String(32), sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    info={"stays": True},
)

# tries at a secret, counted for all servers together; the key is a hash of what was tried
attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    info={"stays": True},
)
