"""rounds, banks and campaigns that are released

The contest's own tables are made anew: no node before this one could run outside the demo (production refused to start
for want of an identity port), so there are no papers of real people to carry over. Facts and operations stay.
"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("contest_answer", "contest_attempt", "contest_question", "standing_level", "standing"):
        op.drop_table(table)
    _campaigns()
    _contest()
    _boards()
    _publications()


def _campaigns() -> None:
    released = "UPDATE campaign SET released_at = made_at"
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", sa.String(length=12), nullable=False, server_default="running")
        )
        batch_op.add_column(sa.Column("document_number", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("document_date", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("document_title", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("themes", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("stage", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("stage_note", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("pack", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("pack_version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("pack_digest", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("prepared_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("released_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("released_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.execute(released)
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.alter_column("state", server_default=None)
        batch_op.alter_column("themes", server_default=None)
        batch_op.alter_column("revision", server_default=None)
        batch_op.create_check_constraint(
            batch_op.f("ck_campaign_state_known"),
            "state IN ('draft', 'scheduled', 'running', 'paused', 'closed', 'archived')",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_campaign_stage_known"), "stage IN ('pilot', 'evaluated', 'scaled')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_campaign_released_once_scheduled"), "state = 'draft' OR released_at IS NOT NULL"
        )
    op.create_table(
        "campaign_body",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "part IN ('lead', 'coordinating', 'releasing', 'organising', 'questions', 'jury', 'secretariat')",
            name=op.f("ck_campaign_body_part_known"),
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_body_campaign_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_campaign_body_unit_id")),
        sa.PrimaryKeyConstraint("campaign_id", "part", "unit_id", name=op.f("pk_campaign_body")),
    )
    op.create_table(
        "campaign_picture",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("alt", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_picture_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "name", name=op.f("pk_campaign_picture")),
    )
    with op.batch_alter_table("campaign_picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_picture_digest"), ["digest"], unique=False)


def _contest() -> None:
    op.create_table(
        "contest_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("matches", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("picture", sa.String(length=120), nullable=True),
        sa.Column("reading", sa.JSON(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "form IN ('single', 'several', 'true_false', 'ordering', 'matching')",
            name=op.f("ck_contest_question_form_known"),
        ),
        sa.CheckConstraint("difficulty BETWEEN 1 AND 3", name=op.f("ck_contest_question_difficulty_known")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_contest_question_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_question")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_contest_question_campaign_id_number")),
        sa.UniqueConstraint(
            "campaign_id", "code", "revision", name=op.f("uq_contest_question_campaign_id_code_revision")
        ),
    )
    op.create_table(
        "contest_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("guess", sa.BigInteger(), nullable=True),
        sa.Column("held_by", sa.Uuid(), nullable=False),
        sa.Column("held_since", Moment(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=True),
        sa.Column("right", sa.Integer(), nullable=True),
        sa.Column("elapsed_ms", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removal_reason", sa.String(length=40), nullable=True),
        sa.Column("removal_note", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'submitted', 'late', 'expired', 'removed')",
            name=op.f("ck_contest_attempt_state_known"),
        ),
        sa.CheckConstraint(
            "state <> 'removed' OR removal_reason IS NOT NULL",
            name=op.f("ck_contest_attempt_removed_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_contest_attempt_activity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_attempt")),
        sa.UniqueConstraint(
            "activity_id", "subject", "number", name=op.f("uq_contest_attempt_activity_id_subject_number")
        ),
        sa.UniqueConstraint("started_by", name=op.f("uq_contest_attempt_started_by")),
        sa.UniqueConstraint("submitted_by", name=op.f("uq_contest_attempt_submitted_by")),
    )
    with op.batch_alter_table("contest_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_contest_attempt_activity_id_state_due_at"),
            ["activity_id", "state", "due_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_contest_attempt_subject"), ["subject"], unique=False)


def _boards() -> None:
    op.create_table(
        "board",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("chain", sa.JSON(), nullable=False),
        sa.Column("counts", sa.String(length=5), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("fixed_at", Moment(), nullable=True),
        sa.CheckConstraint("counts IN ('first', 'best', 'last')", name=op.f("ck_board_counts_known")),
        sa.PrimaryKeyConstraint("measure", "activity_id", name=op.f("pk_board")),
    )
    op.create_table(
        "standing",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("third", sa.BigInteger(), nullable=False),
        sa.Column("fourth", sa.BigInteger(), nullable=False),
        sa.Column("perfect", sa.Boolean(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("measure", "activity_id", "subject", name=op.f("pk_standing")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_standing_measure_activity_id_place"),
            ["measure", "activity_id", "place"],
            unique=False,
        )


def _publications() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_publication_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("activity_id", "number", name=op.f("uq_publication_activity_id_number")),
    )
