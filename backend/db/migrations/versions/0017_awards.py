"""awards: prizes, cases, decisions, registers, appeals"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award_book",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.String(length=6), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "line IN ('state', 'party', 'front', 'youth')", name=op.f("ck_award_book_line_known")
        ),
        sa.CheckConstraint("tier IN ('organiser', 'formal')", name=op.f("ck_award_book_tier_known")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_award_book_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_book")),
        sa.UniqueConstraint(
            "unit_id", "line", "tier", "year", name=op.f("uq_award_book_unit_id_line_tier_year")
        ),
    )
    op.create_table(
        "award_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.String(length=6), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("deciding_unit_id", sa.Uuid(), nullable=False),
        sa.Column("achievement_key", sa.String(length=120), nullable=False),
        sa.Column("achievement", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("chain", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("proposer_id", sa.Uuid(), nullable=True),
        sa.Column("council_id", sa.Uuid(), nullable=True),
        sa.Column("signer_id", sa.Uuid(), nullable=True),
        sa.Column("clerk_id", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("signed", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("forgotten_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "line IN ('state', 'party', 'front', 'youth')", name=op.f("ck_award_case_line_known")
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'proposed', 'considered', 'signed', 'numbered', 'registered', 'dropped')",
            name=op.f("ck_award_case_state_known"),
        ),
        sa.CheckConstraint("tier IN ('organiser', 'formal')", name=op.f("ck_award_case_tier_known")),
        sa.CheckConstraint(
            "(proposer_id IS NULL OR council_id IS NULL OR proposer_id <> council_id) AND (proposer_id IS NULL OR signer_id IS NULL OR proposer_id <> signer_id) AND (proposer_id IS NULL OR clerk_id IS NULL OR proposer_id <> clerk_id) AND (council_id IS NULL OR signer_id IS NULL OR council_id <> signer_id) AND (council_id IS NULL OR clerk_id IS NULL OR council_id <> clerk_id) AND (signer_id IS NULL OR clerk_id IS NULL OR signer_id <> clerk_id)",
            name=op.f("ck_award_case_four_people"),
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_award_case_activity_id")),
        sa.ForeignKeyConstraint(
            ["deciding_unit_id"], ["unit.id"], name=op.f("fk_award_case_deciding_unit_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_award_case_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_case")),
    )
    with op.batch_alter_table("award_case", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_award_case_activity_id_state"), ["activity_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_award_case_deciding_unit_id"), ["deciding_unit_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_award_case_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "award_prize",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.Column("per", sa.String(length=6), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.CheckConstraint("per IN ('person', 'unit')", name=op.f("ck_award_prize_per_known")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_award_prize_amount_not_negative")),
        sa.CheckConstraint("most >= 1", name=op.f("ck_award_prize_most_positive")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_award_prize_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_prize")),
        sa.UniqueConstraint("activity_id", "code", name=op.f("uq_award_prize_activity_id_code")),
    )
    op.create_table(
        "award_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("number_year", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("signer", sa.String(length=120), nullable=False),
        sa.Column("signer_title", sa.String(length=120), nullable=False),
        sa.Column("withdraws_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "line IN ('state', 'party', 'front', 'youth')", name=op.f("ck_award_decision_line_known")
        ),
        sa.CheckConstraint(
            "case_id IS NOT NULL OR withdraws_id IS NOT NULL", name=op.f("ck_award_decision_about_something")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["award_case.id"], name=op.f("fk_award_decision_case_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_award_decision_unit_id")),
        sa.ForeignKeyConstraint(
            ["withdraws_id"], ["award_decision.id"], name=op.f("fk_award_decision_withdraws_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_decision")),
        sa.UniqueConstraint("case_id", name=op.f("uq_award_decision_case_id")),
        sa.UniqueConstraint(
            "unit_id",
            "line",
            "number",
            "number_year",
            name=op.f("uq_award_decision_unit_id_line_number_number_year"),
        ),
    )
    op.create_table(
        "award_nominee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_kind", sa.String(length=6), nullable=False),
        sa.Column("recipient_key", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("printed_name", sa.String(length=120), nullable=False),
        sa.Column("achievement", sa.String(length=300), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=True),
        sa.Column("prize_scope", sa.String(length=100), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("by_rule", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("struck_why", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "recipient_kind IN ('person', 'unit', 'firm')", name=op.f("ck_award_nominee_recipient_known")
        ),
        sa.CheckConstraint(
            "state <> 'struck' OR struck_why IS NOT NULL", name=op.f("ck_award_nominee_struck_for_a_reason")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'kept', 'struck')", name=op.f("ck_award_nominee_state_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["award_case.id"], name=op.f("fk_award_nominee_case_id")),
        sa.ForeignKeyConstraint(["prize_id"], ["award_prize.id"], name=op.f("fk_award_nominee_prize_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_award_nominee_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_nominee")),
        sa.UniqueConstraint("case_id", "recipient_key", name=op.f("uq_award_nominee_case_id_recipient_key")),
    )
    with op.batch_alter_table("award_nominee", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_nominee_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_nominee_subject"), ["subject"], unique=False)

    op.create_table(
        "award_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["award_case.id"], name=op.f("fk_award_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_step")),
    )
    with op.batch_alter_table("award_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_step_case_id"), ["case_id"], unique=False)

    op.create_table(
        "award_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("nominee_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_kind", sa.String(length=6), nullable=False),
        sa.Column("recipient_key", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("achievement_key", sa.String(length=120), nullable=False),
        sa.Column("achievement", sa.String(length=300), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("guard", sa.String(length=10), nullable=False),
        sa.Column("prize_id", sa.Uuid(), nullable=True),
        sa.Column("prize_scope", sa.String(length=100), nullable=True),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("revoked_by_decision", sa.Uuid(), nullable=True),
        sa.Column("revoked_why", sa.String(length=300), nullable=True),
        sa.Column("void_why", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "recipient_kind IN ('person', 'unit', 'firm')", name=op.f("ck_award_entry_recipient_known")
        ),
        sa.CheckConstraint(
            "revoked_at IS NULL OR revoked_why IS NOT NULL", name=op.f("ck_award_entry_revoked_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["book_id"], ["award_book.id"], name=op.f("fk_award_entry_book_id")),
        sa.ForeignKeyConstraint(["case_id"], ["award_case.id"], name=op.f("fk_award_entry_case_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["award_decision.id"], name=op.f("fk_award_entry_decision_id")
        ),
        sa.ForeignKeyConstraint(["nominee_id"], ["award_nominee.id"], name=op.f("fk_award_entry_nominee_id")),
        sa.ForeignKeyConstraint(["prize_id"], ["award_prize.id"], name=op.f("fk_award_entry_prize_id")),
        sa.ForeignKeyConstraint(
            ["revoked_by_decision"], ["award_decision.id"], name=op.f("fk_award_entry_revoked_by_decision")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_award_entry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_entry")),
        sa.UniqueConstraint("book_id", "number", name=op.f("uq_award_entry_book_id_number")),
        sa.UniqueConstraint("nominee_id", name=op.f("uq_award_entry_nominee_id")),
    )
    with op.batch_alter_table("award_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_entry_achievement_key"), ["achievement_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_entry_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_entry_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_entry_prize_id"), ["prize_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_entry_subject"), ["subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_entry_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_award_entry_once",
            ["recipient_key", "achievement_key", "guard"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL AND void_why IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL AND void_why IS NULL"),
        )
        batch_op.create_index(
            "uq_award_entry_prize",
            ["recipient_key", "prize_scope"],
            unique=True,
            sqlite_where=sa.text("prize_scope IS NOT NULL AND revoked_at IS NULL AND void_why IS NULL"),
            postgresql_where=sa.text("prize_scope IS NOT NULL AND revoked_at IS NULL AND void_why IS NULL"),
        )

    op.create_table(
        "award_appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("proposer_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state = 'open' OR answer IS NOT NULL", name=op.f("ck_award_appeal_answered_in_words")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'refused')", name=op.f("ck_award_appeal_state_known")
        ),
        sa.CheckConstraint("subject IS NULL OR proposer_id IS NULL", name=op.f("ck_award_appeal_of_one")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_award_appeal_activity_id")),
        sa.ForeignKeyConstraint(["case_id"], ["award_case.id"], name=op.f("fk_award_appeal_case_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["award_entry.id"], name=op.f("fk_award_appeal_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_appeal")),
        sa.UniqueConstraint("proposer_id", "case_id", name=op.f("uq_award_appeal_proposer_id_case_id")),
        sa.UniqueConstraint("subject", "entry_id", name=op.f("uq_award_appeal_subject_entry_id")),
    )
    with op.batch_alter_table("award_appeal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_award_appeal_activity_id_state"), ["activity_id", "state"], unique=False
        )
        batch_op.create_index(
            "uq_award_appeal_list",
            ["subject", "activity_id"],
            unique=True,
            sqlite_where=sa.text("entry_id IS NULL AND case_id IS NULL"),
            postgresql_where=sa.text("entry_id IS NULL AND case_id IS NULL"),
        )

    op.create_table(
        "award_handover",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("to_whom", sa.String(length=120), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("recovered", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.Column("recovered_on", sa.Date(), nullable=True),
        sa.Column("recovered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_award_handover_amount_not_negative")),
        sa.CheckConstraint(
            "recovered >= 0 AND recovered <= amount", name=op.f("ck_award_handover_recovered_within")
        ),
        sa.CheckConstraint(
            "recovered = 0 OR recovered_on IS NOT NULL", name=op.f("ck_award_handover_recovered_on_a_day")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["award_entry.id"], name=op.f("fk_award_handover_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_award_handover")),
    )
