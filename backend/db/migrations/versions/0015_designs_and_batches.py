"""designs of certificates, and batches of them"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_design",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("line", sa.String(length=10), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=200), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "tier IN ('thanks', 'organiser', 'formal')", name=op.f("ck_certificate_design_tier_known")
        ),
        sa.CheckConstraint(
            "line IN ('state', 'party', 'front', 'youth')", name=op.f("ck_certificate_design_line_known")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_certificate_design_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_design")),
        sa.UniqueConstraint(
            "unit_id", "code", "version", name=op.f("uq_certificate_design_unit_id_code_version")
        ),
    )
    op.create_table(
        "design_picture",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "role IN ('signature', 'emblem', 'frame')", name=op.f("ck_design_picture_role_known")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_design_picture_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "digest", "role", name=op.f("pk_design_picture")),
    )
    op.create_table(
        "certificate_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("source_kind", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("design_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("line", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("stopped_why", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "state IN ('ready', 'running', 'stopped', 'done')", name=op.f("ck_certificate_batch_state_known")
        ),
        sa.CheckConstraint(
            "line IN ('state', 'party', 'front', 'youth')", name=op.f("ck_certificate_batch_line_known")
        ),
        sa.CheckConstraint(
            "state <> 'stopped' OR stopped_why IS NOT NULL", name=op.f("ck_certificate_batch_stop_has_reason")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_certificate_batch_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batch")),
        sa.UniqueConstraint(
            "source_kind",
            "source_id",
            "design_id",
            name=op.f("uq_certificate_batch_source_kind_source_id_design_id"),
        ),
    )
    with op.batch_alter_table("certificate_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_batch_state"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_certificate_batch_unit_id_made_at"), ["unit_id", "made_at"], unique=False
        )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("recipient_unit_id", sa.Uuid(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("trouble", sa.String(length=300), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'refused')", name=op.f("ck_batch_item_state_known")),
        sa.CheckConstraint(
            "state <> 'refused' OR trouble IS NOT NULL", name=op.f("ck_batch_item_refusal_has_reason")
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_batch_item_counted_from_one")),
        sa.ForeignKeyConstraint(["batch_id"], ["certificate_batch.id"], name=op.f("fk_batch_item_batch_id")),
        sa.ForeignKeyConstraint(
            ["recipient_unit_id"], ["unit.id"], name=op.f("fk_batch_item_recipient_unit_id")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_batch_item_activity_id")),
        sa.ForeignKeyConstraint(["list_id"], ["status_list.id"], name=op.f("fk_batch_item_list_id")),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_batch_item")),
        sa.UniqueConstraint("batch_id", "source_id", name=op.f("uq_batch_item_batch_id_source_id")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_batch_item_credential_id")),
        sa.UniqueConstraint("number", name=op.f("uq_batch_item_number")),
    )
    with op.batch_alter_table("batch_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_batch_item_batch_id_state_position"),
            ["batch_id", "state", "position"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_batch_item_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_item_certificate_id"), ["certificate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_item_subject"), ["subject"], unique=False)
