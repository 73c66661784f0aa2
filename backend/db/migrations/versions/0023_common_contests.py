"""contests of many communes"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "common_contest",
        sa.Column("contest", sa.String(length=60), nullable=False),
        sa.Column("title", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("terms", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rounds", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("given_out_at", Moment(), nullable=False),
        sa.Column("given_out_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("contest", name=op.f("pk_common_contest")),
    )
    op.create_table(
        "common_count",
        sa.Column("contest", sa.String(length=60), nullable=False),
        sa.Column("round", sa.String(length=60), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("papers", sa.Integer(), nullable=True),
        sa.Column("all_correct", sa.BigInteger(), nullable=True),
        sa.Column("is_small", sa.Boolean(), nullable=False),
        sa.Column("packet", sa.String(length=64), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.CheckConstraint("all_correct >= 0", name=op.f("ck_common_count_a_count")),
        sa.PrimaryKeyConstraint("contest", "round", "unit_code", "revision", name=op.f("pk_common_count")),
    )
    op.create_table(
        "common_final",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest", sa.String(length=60), nullable=False),
        sa.Column("round", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("statement", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_common_final")),
        sa.UniqueConstraint("contest", "round", "number", name=op.f("uq_common_final_contest_round_number")),
    )
    with op.batch_alter_table("common_final", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_final_published_at"), ["published_at"], unique=False)

    op.create_table(
        "common_list",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("contest", sa.String(length=60), nullable=False),
        sa.Column("round", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("arrived_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_common_list")),
    )
    with op.batch_alter_table("common_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_list_contest_round"), ["contest", "round"], unique=False)

    op.create_table(
        "common_row",
        sa.Column("contest", sa.String(length=60), nullable=False),
        sa.Column("round", sa.String(length=60), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("gap", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("contest", "round", "unit_code", "number", name=op.f("pk_common_row")),
    )
    op.create_table(
        "common_sum",
        sa.Column("contest", sa.String(length=60), nullable=False),
        sa.Column("round", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=True),
        sa.Column("given_out_at", Moment(), nullable=False),
        sa.Column("given_out_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("contest", "round", "number", name=op.f("pk_common_sum")),
    )
    op.create_table(
        "common_told",
        sa.Column("contest", sa.String(length=60), nullable=False),
        sa.Column("round", sa.String(length=60), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("packet", sa.String(length=64), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("contest", "round", "unit_code", name=op.f("pk_common_told")),
    )
    op.create_table(
        "common_total",
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("contest", sa.String(length=60), nullable=False),
        sa.Column("round", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("arrived_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_common_total")),
    )
    with op.batch_alter_table("common_total", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_total_contest_round"), ["contest", "round"], unique=False)

    op.create_table(
        "common_entry",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "subject IS NOT NULL OR withdrawn_at IS NOT NULL", name=op.f("ck_common_entry_gone_is_withdrawn")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_common_entry_activity_id")),
        sa.PrimaryKeyConstraint("activity_id", "number", name=op.f("pk_common_entry")),
        sa.UniqueConstraint("activity_id", "subject", name=op.f("uq_common_entry_activity_id_subject")),
    )
    with op.batch_alter_table("common_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_common_entry_subject"), ["subject"], unique=False)

    op.create_table(
        "common_round",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("contest", sa.String(length=60), nullable=False),
        sa.Column("round", sa.String(length=60), nullable=False),
        sa.Column("terms", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("ready_at", Moment(), nullable=True),
        sa.Column("ready_by", sa.Uuid(), nullable=True),
        sa.Column("total_number", sa.Integer(), nullable=True),
        sa.Column("total_document", sa.String(length=64), nullable=True),
        sa.Column("alone_why", sa.String(length=500), nullable=True),
        sa.Column("alone_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "alone_why IS NULL OR total_number IS NULL", name=op.f("ck_common_round_alone_or_together")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_common_round_activity_id")),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_common_round")),
        sa.UniqueConstraint("contest", "round", name=op.f("uq_common_round_contest_round")),
    )
    op.create_table(
        "common_sent",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.CheckConstraint("what IN ('counts', 'rows')", name=op.f("ck_common_sent_what_known")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_common_sent_revision_from_one")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_common_sent_activity_id")),
        sa.PrimaryKeyConstraint("activity_id", "what", "revision", name=op.f("pk_common_sent")),
    )
