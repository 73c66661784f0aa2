"""packets and receipts"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "packet_fork",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_packet_fork_peer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet_fork")),
        sa.UniqueConstraint("peer_id", "digest", name=op.f("uq_packet_fork_peer_id_digest")),
    )
    op.create_table(
        "packet_in",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("via", sa.String(length=4), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("returned_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('applied', 'late', 'put_aside')", name=op.f("ck_packet_in_state")),
        sa.CheckConstraint("via IN ('wire', 'file')", name=op.f("ck_packet_in_via")),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_packet_in_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "stream", "epoch", "number", name=op.f("pk_packet_in")),
        sa.UniqueConstraint("peer_id", "digest", name=op.f("uq_packet_in_peer_id_digest")),
    )
    with op.batch_alter_table("packet_in", schema=None) as batch_op:
        batch_op.create_index(
            "ix_packet_in_put_aside",
            ["peer_id", "code"],
            unique=False,
            postgresql_where=sa.text("state = 'put_aside'"),
            sqlite_where=sa.text("state = 'put_aside'"),
        )

    op.create_table(
        "packet_out",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=30), nullable=True),
        sa.Column("signature", sa.String(length=86), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'received', 'refused', 'replaced')", name=op.f("ck_packet_out_state")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_packet_out_number")),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_packet_out_peer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet_out")),
        sa.UniqueConstraint(
            "peer_id", "stream", "epoch", "number", name=op.f("uq_packet_out_peer_id_stream_epoch_number")
        ),
        sa.UniqueConstraint(
            "peer_id", "stream", "position", name=op.f("uq_packet_out_peer_id_stream_position")
        ),
    )
    with op.batch_alter_table("packet_out", schema=None) as batch_op:
        batch_op.create_index(
            "ix_packet_out_held",
            ["peer_id"],
            unique=False,
            postgresql_where=sa.text("state = 'received' AND outcome = 'held'"),
            sqlite_where=sa.text("state = 'received' AND outcome = 'held'"),
        )
        batch_op.create_index(batch_op.f("ix_packet_out_stream_subject"), ["stream", "subject"], unique=False)
        batch_op.create_index(
            "ix_packet_out_waiting",
            ["peer_id", "stream", "position"],
            unique=False,
            postgresql_where=sa.text("state = 'waiting'"),
            sqlite_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "peer_call",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=60), nullable=True),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("compared_at", Moment(), nullable=True),
        sa.Column("stated_at", Moment(), nullable=True),
        sa.Column("busy_until", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_peer_call_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", name=op.f("pk_peer_call")),
    )
    op.create_table(
        "stream_in",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("day_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_stream_in_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "stream", "epoch", name=op.f("pk_stream_in")),
        sa.UniqueConstraint("peer_id", "stream", "turn", name=op.f("uq_stream_in_peer_id_stream_turn")),
    )
    op.create_table(
        "stream_out",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=60), nullable=True),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_stream_out_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "stream", name=op.f("pk_stream_out")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Packing ten kilobytes costs more than writing them, and they are hardly ever read again.
        op.execute("ALTER TABLE packet_in ALTER COLUMN raw SET STORAGE EXTERNAL")
