"""figures between nodes"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

LINES = "line IN ('state', 'party', 'front', 'youth')"
STATES = "state IN ('open', 'self_scored', 'official', 'locked')"


def upgrade() -> None:
    op.create_table(
        "told_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("dataset", sa.String(length=60), nullable=False),
        sa.Column("line", sa.String(length=6), nullable=False),
        sa.Column("calendar", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(LINES, name=op.f("ck_told_sheet_line_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_sheet")),
        sa.UniqueConstraint(
            "unit_code", "dataset", "line", "calendar", "period",
            name=op.f("uq_told_sheet_unit_code_dataset_line_calendar_period"),
        ),
    )  # fmt: skip
    with op.batch_alter_table("told_sheet", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_told_sheet_dataset_calendar_period"), ["dataset", "calendar", "period"]
        )
    op.create_table(
        "told_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("template_sha", sa.String(length=64), nullable=False),
        sa.Column("known_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_told_revision_state_known")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_told_revision_numbered_from_one")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["told_sheet.id"], name=op.f("fk_told_revision_sheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_revision")),
        sa.UniqueConstraint("digest", name=op.f("uq_told_revision_digest")),
    )  # fmt: skip
    with op.batch_alter_table("told_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_told_revision_sheet_id_number"), ["sheet_id", "number"])
    op.create_table(
        "told_cell",
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("element", sa.String(length=40), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("flag", sa.String(length=1), nullable=False),
        sa.PrimaryKeyConstraint("sheet_id", "unit_code", "element", name=op.f("pk_told_cell")),
    )
    op.create_table(
        "told_unit",
        sa.Column("within", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level_word", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("parent_code", sa.String(length=40), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("within", "code", name=op.f("pk_told_unit")),
    )
    op.create_table(
        "aggregate_sent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Uuid(), nullable=False),
        sa.Column("made_of", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("dataset", sa.String(length=60), nullable=False),
        sa.Column("line", sa.String(length=6), nullable=False),
        sa.Column("calendar", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("packet_digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("notes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("laid", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint(LINES, name=op.f("ck_aggregate_sent_line_known")),
        sa.CheckConstraint(STATES, name=op.f("ck_aggregate_sent_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aggregate_sent")),
        sa.UniqueConstraint("peer_id", "source", "turn", name=op.f("uq_aggregate_sent_peer_id_source_turn")),
    )
    with op.batch_alter_table("aggregate_sent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_aggregate_sent_unit_code_dataset_calendar_period"),
            ["unit_code", "dataset", "calendar", "period"],
        )
