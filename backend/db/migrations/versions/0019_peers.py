"""peers and their keys"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("line", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", Moment(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", Moment(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", Moment(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=500), nullable=True),
        sa.Column("clock_delta_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at", Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "line IN ('state', 'party', 'front', 'youth')", name=op.f("ck_peer_line_is_known")
        ),
        sa.CheckConstraint("side IN ('parent', 'child')", name=op.f("ck_peer_side_is_known")),
        sa.CheckConstraint(
            "state <> 'active' OR confirmed_by IS NOT NULL", name=op.f("ck_peer_confirmed_when_active")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'active', 'suspended', 'revoked')", name=op.f("ck_peer_state_is_known")
        ),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_peer_two_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer")),
        sa.UniqueConstraint("node_id", "line", name=op.f("uq_peer_node_id_line")),
    )
    op.create_table(
        "peer_nonce",
        sa.Column("key_id", sa.String(length=30), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("until_at", Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "nonce", name=op.f("pk_peer_nonce")),
    )
    with op.batch_alter_table("peer_nonce", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_peer_nonce_until_at"), ["until_at"], unique=False)

    op.create_table(
        "peer_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("line", sa.String(length=10), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Moment(timezone=True), nullable=False),
        sa.Column("until_at", Moment(timezone=True), nullable=False),
        sa.Column("used_at", Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_peer_invitation_peer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_invitation")),
        sa.UniqueConstraint("offer", "side", name=op.f("uq_peer_invitation_offer_side")),
    )
    op.create_table(
        "peer_key",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.String(length=30), nullable=False),
        sa.Column("public", sa.String(length=44), nullable=False),
        sa.Column("from_at", Moment(timezone=True), nullable=False),
        sa.Column("until_at", Moment(timezone=True), nullable=True),
        sa.Column("withdrawn_from", Moment(timezone=True), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", Moment(timezone=True), nullable=True),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_peer_key_two_persons")),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_peer_key_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "key_id", name=op.f("pk_peer_key")),
    )
    with op.batch_alter_table("peer_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_peer_key_key_id"), ["key_id"], unique=False)
        batch_op.create_index(
            "uq_peer_key_open",
            ["peer_id"],
            unique=True,
            sqlite_where=sa.text("confirmed_at IS NOT NULL AND until_at IS NULL AND withdrawn_from IS NULL"),
            postgresql_where=sa.text(
                "confirmed_at IS NOT NULL AND until_at IS NULL AND withdrawn_from IS NULL"
            ),
        )

    op.create_table(
        "peer_reach",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_peer_reach_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_peer_reach_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "unit_code", "from_on", name=op.f("pk_peer_reach")),
    )
    with op.batch_alter_table("peer_reach", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_peer_reach_unit_code"), ["unit_code"], unique=False)

    op.create_table(
        "peer_doubt",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=30), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_at", Moment(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(checked_by IS NULL) = (checked_at IS NULL)", name=op.f("ck_peer_doubt_checked_by_somebody")
        ),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_peer_doubt_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "digest", name=op.f("pk_peer_doubt")),
    )

    op.create_table(
        "peer_trouble",
        sa.Column("whose", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", Moment(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_peer_trouble_peer_id")),
        sa.PrimaryKeyConstraint("whose", "code", "day", "hour", name=op.f("pk_peer_trouble")),
    )
