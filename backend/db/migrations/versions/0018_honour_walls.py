"""thanks, honour walls and the choice to be shown"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award_thanks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("source_key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_award_thanks_activity_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_award_thanks_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_thanks")),
        sa.UniqueConstraint("subject", "source_key", name=op.f("uq_award_thanks_subject_source_key")),
    )
    with op.batch_alter_table("award_thanks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_thanks_subject"), ["subject"], unique=False)
    op.create_table(
        "honour_choice",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["award_entry.id"], name=op.f("fk_honour_choice_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject", "entry_id", name=op.f("pk_honour_choice")),
    )
    op.create_table(
        "honour_wall",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_honour_wall_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_honour_wall")),
    )
