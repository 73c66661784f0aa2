"""documents passed on to the level below, and numbers of an issuer that was restored"""

import json

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BEFORE = "uq_document_issuer_line_series_number"
AFTER = "uq_document_issuer_line_series_epoch_number"


def upgrade() -> None:
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("epoch", sa.String(length=36), nullable=False, server_default=""))
    _fill_epochs()
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.alter_column("epoch", existing_type=sa.String(length=36), server_default=None)
        batch_op.drop_constraint(op.f(BEFORE), type_="unique")
        batch_op.create_unique_constraint(op.f(AFTER), ["issuer", "line", "series", "epoch", "number"])
    with op.batch_alter_table("document_state", schema=None) as batch_op:
        batch_op.alter_column(
            "series",
            existing_type=sa.String(length=120),
            type_=sa.String(length=160),
            existing_nullable=False,
        )
    op.create_table(
        "document_below",
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("below", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", Moment(timezone=True), nullable=False),
        sa.CheckConstraint("below >= 0", name=op.f("ck_document_below_counted")),
        sa.ForeignKeyConstraint(["peer_id"], ["peer.id"], name=op.f("fk_document_below_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", "digest", name=op.f("pk_document_below")),
    )


def _fill_epochs() -> None:
    """The epoch stands in what was signed: <first line>\\n{"body": ..., "header": {"epoch": ...}}."""
    bind = op.get_bind()
    for digest, raw in bind.execute(sa.text("SELECT digest, raw FROM document")).all():
        header = json.loads(bytes(raw).partition(b"\n")[2])["header"]
        bind.execute(
            sa.text("UPDATE document SET epoch = :epoch WHERE digest = :digest"),
            {"epoch": header["epoch"], "digest": digest},
        )
