"""the house"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("deed", sa.String(length=60), nullable=False),
        sa.Column("is_read", sa.Boolean(), nullable=False),
        sa.Column("noun", sa.String(length=40), nullable=False),
        sa.Column("noun_id", sa.String(length=80), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)

    op.create_table(
        "change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("noun", sa.String(length=20), nullable=False),
        sa.Column("noun_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("seq", name=op.f("uq_change_seq")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_subject_seq"), ["subject", "seq"], unique=False)

    op.create_table(
        "fact",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.Column("reverses_operation", sa.Uuid(), nullable=True),
        sa.Column("reverses_line", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "is_reversal = (reverses_operation IS NOT NULL)", name=op.f("ck_fact_reversal_names_its_fact")
        ),
        sa.PrimaryKeyConstraint("operation_id", "line", name=op.f("pk_fact")),
        sa.UniqueConstraint(
            "measure", "subject", "scope", "generation", "is_reversal", name="uq_fact_counted_once"
        ),
        sa.UniqueConstraint("reverses_operation", "reverses_line", name="uq_fact_reversed_once"),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fact_activity_id_measure_unit_id_happened_at"),
            ["activity_id", "measure", "unit_id", "happened_at"],
            unique=False,
        )

    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "node",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node")),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("time_trust", sa.String(length=10), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("receipt", sa.String(length=20), nullable=False),
        sa.CheckConstraint("device_seq >= 1", name=op.f("ck_operation_seq_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        sa.UniqueConstraint("device_id", "device_seq", name=op.f("uq_operation_device_id_device_seq")),
        sa.UniqueConstraint("receipt", name=op.f("uq_operation_receipt")),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_operation_subject_received_at"), ["subject", "received_at"], unique=False
        )

    op.create_table(
        "phone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone")),
        sa.UniqueConstraint("number", name=op.f("uq_phone_number")),
    )
    op.create_table(
        "quarantined",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("receipt", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined")),
        sa.UniqueConstraint("device_id", "body_hash", name=op.f("uq_quarantined_device_id_body_hash")),
        sa.UniqueConstraint("receipt", name=op.f("uq_quarantined_receipt")),
    )
    with op.batch_alter_table("quarantined", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantined_subject"), ["subject"], unique=False)

    op.create_table(
        "rate_window",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window", name=op.f("pk_rate_window")),
    )
    op.create_table(
        "scorecard_line",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("indicator", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("rules", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint(
            "unit_id", "period", "indicator", "activity_id", name=op.f("pk_scorecard_line")
        ),
    )
    with op.batch_alter_table("scorecard_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scorecard_line_unit_id_period"), ["unit_id", "period"], unique=False
        )

    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_code")),
    )
    with op.batch_alter_table("sign_in_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_code_phone_hash"), ["phone_hash"], unique=False)

    op.create_table(
        "standing",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "activity_id", "subject", name=op.f("pk_standing")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_standing_measure_activity_id_first_second"),
            ["measure", "activity_id", "first", "second"],
            unique=False,
        )

    op.create_table(
        "standing_level",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "activity_id", "first", "second", name=op.f("pk_standing_level")),
    )
    op.create_table(
        "tally",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "activity_id", "unit_id", "period", name=op.f("pk_tally")),
    )
    op.create_table(
        "tally_subject",
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "measure", "activity_id", "unit_id", "period", "subject", name=op.f("pk_tally_subject")
        ),
    )
    with op.batch_alter_table("tally_subject", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tally_subject_activity_id_unit_id_period"),
            ["activity_id", "unit_id", "period"],
            unique=False,
        )

    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_ends_after_start")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_kind"), ["kind"], unique=False)

    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("owner_unit_id", sa.Uuid(), nullable=False),
        sa.Column("counts_by", sa.String(length=20), nullable=False),
        sa.Column("population", sa.String(length=40), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('outreach', 'emulation', 'literacy')", name=op.f("ck_campaign_kind_known")
        ),
        sa.ForeignKeyConstraint(["owner_unit_id"], ["unit.id"], name=op.f("fk_campaign_owner_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    op.create_table(
        "headcount",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("population", sa.String(length=40), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_headcount_people_not_negative")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_headcount_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount")),
        sa.UniqueConstraint(
            "unit_id", "population", "on_date", name=op.f("uq_headcount_unit_id_population_on_date")
        ),
    )
    op.create_table(
        "pending_fact",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id", "line"],
            ["fact.operation_id", "fact.line"],
            name=op.f("fk_pending_fact_operation_id_line"),
        ),
        sa.PrimaryKeyConstraint("operation_id", "line", name=op.f("pk_pending_fact")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("phone_id", sa.Uuid(), nullable=True),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("locked_until", Moment(), nullable=True),
        sa.Column("joined_at", Moment(), nullable=False),
        sa.CheckConstraint("birth_year BETWEEN 1900 AND 2100", name=op.f("ck_person_birth_year_plausible")),
        sa.ForeignKeyConstraint(["phone_id"], ["phone.id"], name=op.f("fk_person_phone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_phone_id"), ["phone_id"], unique=False)

    op.create_table(
        "unit_join_code",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_join_code_unit_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit_join_code")),
    )
    with op.batch_alter_table("unit_join_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_join_code_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "unit_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("tree", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_link_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_link_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_link")),
        sa.UniqueConstraint(
            "unit_id", "tree", "valid_from", name=op.f("uq_unit_link_unit_id_tree_valid_from")
        ),
    )
    with op.batch_alter_table("unit_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_link_parent_id_tree"), ["parent_id", "tree"], unique=False)

    op.create_table(
        "unit_name",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level_word", sa.String(length=40), nullable=False),
        sa.Column("folded", sa.String(length=250), nullable=False),
        sa.Column("sort_key", sa.String(length=600), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_name_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_name")),
        sa.UniqueConstraint("unit_id", "valid_from", name=op.f("uq_unit_name_unit_id_valid_from")),
    )
    with op.batch_alter_table("unit_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_name_folded"), ["folded"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("given_by", sa.String(length=20), nullable=False),
        sa.Column("guardian_name", sa.String(length=80), nullable=True),
        sa.Column("guardian_relation", sa.String(length=20), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consent_person_id_purpose"), ["person_id", "purpose"], unique=False
        )

    op.create_table(
        "frozen_headcount",
        sa.Column("frozen_for", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("headcount_id", sa.Uuid(), nullable=False),
        sa.Column("frozen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["headcount_id"], ["headcount.id"], name=op.f("fk_frozen_headcount_headcount_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_frozen_headcount_unit_id")),
        sa.PrimaryKeyConstraint("frozen_for", "unit_id", name=op.f("pk_frozen_headcount")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_membership_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_unit_id_kind"), ["unit_id", "kind"], unique=False)

    op.create_table(
        "phase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("opens_at", Moment(), nullable=False),
        sa.Column("closes_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_phase_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_phase_campaign_id_number")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_grant_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "unit_id",
            "valid_from",
            name=op.f("uq_role_grant_person_id_role_unit_id_valid_from"),
        ),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "staff_login",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_login_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_staff_login")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_login_username")),
    )
    op.create_table(
        "subject_link",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_subject_link_person_id")),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_subject_link")),
        sa.UniqueConstraint("person_id", name=op.f("uq_subject_link_person_id")),
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("phase_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opens_at", Moment(), nullable=False),
        sa.Column("closes_at", Moment(), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=True),
        sa.Column("frozen_at", Moment(), nullable=True),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'scheduled' OR frozen_at IS NOT NULL", name=op.f("ck_activity_frozen_once_open")
        ),
        sa.CheckConstraint(
            "state IN ('scheduled', 'open', 'closed', 'settled')", name=op.f("ck_activity_state_known")
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_activity_closes_after_opening")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_activity_campaign_id")),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_activity_phase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_activity_campaign_id_code")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "contest_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=True),
        sa.Column("right", sa.Integer(), nullable=True),
        sa.Column("elapsed_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'submitted', 'late', 'expired')",
            name=op.f("ck_contest_attempt_state_known"),
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

    op.create_table(
        "contest_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=8), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_contest_question_activity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_question")),
        sa.UniqueConstraint("activity_id", "code", name=op.f("uq_contest_question_activity_id_code")),
    )
    op.create_table(
        "contest_answer",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(length=8), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["contest_attempt.id"], name=op.f("fk_contest_answer_attempt_id")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "question_id", name=op.f("pk_contest_answer")),
    )
