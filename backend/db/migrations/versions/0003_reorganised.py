"""units that were reorganised, lists of units that were sent in, and which commune the node serves"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tables()
    op.add_column("node", sa.Column("unit_id", sa.Uuid(), nullable=True))
    # A node knew its commune by its being the only one, or the first by name.
    op.execute(
        "UPDATE node SET unit_id = (SELECT unit.id FROM unit JOIN unit_name ON unit_name.unit_id = unit.id"
        " WHERE unit.kind = 'commune' AND unit.valid_to IS NULL AND unit_name.valid_to IS NULL"
        " ORDER BY unit_name.sort_key LIMIT 1)"
    )


def _tables() -> None:
    op.create_table(
        "unit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_event")),
    )
    op.create_table(
        "unit_crosswalk",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.CheckConstraint("weight BETWEEN 1 AND 1000", name=op.f("ck_unit_crosswalk_weight_in_thousandths")),
        sa.ForeignKeyConstraint(["event_id"], ["unit_event.id"], name=op.f("fk_unit_crosswalk_event_id")),
        sa.ForeignKeyConstraint(["from_id"], ["unit.id"], name=op.f("fk_unit_crosswalk_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["unit.id"], name=op.f("fk_unit_crosswalk_to_id")),
        sa.PrimaryKeyConstraint("event_id", "from_id", "to_id", name=op.f("pk_unit_crosswalk")),
    )
    op.create_index(op.f("ix_unit_crosswalk_from_id"), "unit_crosswalk", ["from_id"])
    op.create_index(op.f("ix_unit_crosswalk_to_id"), "unit_crosswalk", ["to_id"])
    op.create_table(
        "unit_recount",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_recount")),
    )
    op.create_table(
        "unit_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commune_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("applied_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["commune_id"], ["unit.id"], name=op.f("fk_unit_upload_commune_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_upload")),
    )
