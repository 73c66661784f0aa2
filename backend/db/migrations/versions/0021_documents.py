"""documents between nodes"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "given_pack",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(length=120), nullable=False),
        sa.Column("pack_digest", sa.String(length=64), nullable=False),
        sa.Column("additions", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("key_sha256", sa.String(length=64), nullable=True),
        sa.Column("opens_at", Moment(timezone=True), nullable=True),
        sa.Column("opened_at", Moment(timezone=True), nullable=True),
        sa.Column("opened_digest", sa.String(length=64), nullable=True),
        sa.Column("kept_at", Moment(timezone=True), nullable=False),
        sa.Column("aside_at", Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_given_pack")),
    )
    with op.batch_alter_table("given_pack", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_given_pack_pack_digest"), ["pack_digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_given_pack_series"), ["series"], unique=False)

    op.create_table(
        "pack_key",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=100), nullable=False),
        sa.Column("line", sa.String(length=10), nullable=False),
        sa.Column("scope", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("opens_at", Moment(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("given", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_pack_key")),
    )
    with op.batch_alter_table("pack_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pack_key_opens_at"), ["opens_at"], unique=False)

    op.create_table(
        "revoked_key",
        sa.Column("key_id", sa.String(length=30), nullable=False),
        sa.Column("since", Moment(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_revoked_key")),
    )
    op.create_table(
        "document",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=True),
        sa.Column("issuer", sa.String(length=36), nullable=False),
        sa.Column("series", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=10), nullable=False),
        sa.Column("scope", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("schema", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("key_id", sa.String(length=30), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Moment(timezone=True), nullable=False),
        sa.Column("kept_at", Moment(timezone=True), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "line IN ('state', 'party', 'front', 'youth')", name=op.f("ck_document_line_known")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_document_numbered_from_one")),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_document_peer_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "issuer", "line", "series", "number", name=op.f("uq_document_issuer_line_series_number")
        ),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_peer_id"), ["peer_id"], unique=False)

    op.create_table(
        "document_ack",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("series", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=60), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=True),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("received_at", Moment(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('fetched', 'waiting', 'applied', 'refused', 'rolled_back', 'withdrawn')",
            name=op.f("ck_document_ack_state_known"),
        ),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_document_ack_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "digest", name=op.f("pk_document_ack")),
    )
    op.create_table(
        "document_catalogue_in",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_document_catalogue_in_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "epoch", name=op.f("pk_document_catalogue_in")),
    )
    op.create_table(
        "document_catalogue_out",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("named", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_document_catalogue_out_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", name=op.f("pk_document_catalogue_out")),
    )
    op.create_table(
        "document_state",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.String(length=120), nullable=False),
        sa.Column("wanted", sa.String(length=64), nullable=True),
        sa.Column("wanted_number", sa.Integer(), nullable=True),
        sa.Column("standing", sa.String(length=64), nullable=True),
        sa.Column("tried", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=60), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=True),
        sa.Column("made", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("not_before", Moment(timezone=True), nullable=True),
        sa.Column("recalled", sa.String(length=1000), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("fetch_after", Moment(timezone=True), nullable=True),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('fetched', 'waiting', 'applied', 'refused', 'rolled_back', 'withdrawn')",
            name=op.f("ck_document_state_state_known"),
        ),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_document_state_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "series", name=op.f("pk_document_state")),
    )
    with op.batch_alter_table("document_state", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_state_wanted"), ["wanted"], unique=False)

    op.create_table(
        "document_withdrawal",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["digest"], ["document.digest"], name=op.f("fk_document_withdrawal_digest")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_document_withdrawal")),
    )
    with op.batch_alter_table("card_template_issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", Moment(timezone=True), nullable=True))

    with op.batch_alter_table("target_set", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", Moment(timezone=True), nullable=True))
