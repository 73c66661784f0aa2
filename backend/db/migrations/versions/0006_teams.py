"""community digital teams, households, visits, sessions, check-ins, photos, phones that were lost"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("nickname", sa.String(length=60), nullable=False),
        sa.Column("folded", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("card", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("merged_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["household.id"], name=op.f("fk_household_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("code", name=op.f("uq_household_code")),
        sa.UniqueConstraint("subject", name=op.f("uq_household_subject")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_merged_into"), ["merged_into"], unique=False)

    op.create_table(
        "photo",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("complete_at", Moment(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("clean", sa.LargeBinary(), nullable=True),
        sa.Column("bad_reason", sa.String(length=40), nullable=True),
        sa.CheckConstraint("arrived >= 0 AND arrived <= size", name=op.f("ck_photo_arrived_within_size")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_subject"), ["subject"], unique=False)

    op.create_table(
        "household_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_household_place_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_place_household_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_household_place_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_place")),
        sa.UniqueConstraint(
            "household_id", "valid_from", name=op.f("uq_household_place_household_id_valid_from")
        ),
    )
    with op.batch_alter_table("household_place", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_household_place_unit_id_household_id"), ["unit_id", "household_id"], unique=False
        )

    op.create_table(
        "lost_device",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reported_at", Moment(), nullable=False),
        sa.Column("wiped_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lost_device_person_id")),
        sa.PrimaryKeyConstraint("device_id", "person_id", name=op.f("pk_lost_device")),
    )
    op.create_table(
        "team",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("decision_number", sa.String(length=60), nullable=False),
        sa.Column("decision_date", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=True),
        sa.Column("dissolved_number", sa.String(length=60), nullable=True),
        sa.Column("dissolved_date", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_team_leader_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_team_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_team")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_leader_id"), ["leader_id"], unique=False)

    op.create_table(
        "household_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("valid_to", Moment(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_household_assignment_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_assignment_household_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.unit_id"], name=op.f("fk_household_assignment_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_assignment")),
        sa.UniqueConstraint(
            "household_id", "valid_from", name=op.f("uq_household_assignment_household_id_valid_from")
        ),
    )
    with op.batch_alter_table("household_assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_household_assignment_team_id_household_id"),
            ["team_id", "household_id"],
            unique=False,
        )

    op.create_table(
        "team_area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_team_area_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.unit_id"], name=op.f("fk_team_area_team_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_team_area_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_area")),
        sa.UniqueConstraint(
            "team_id", "unit_id", "valid_from", name=op.f("uq_team_area_team_id_unit_id_valid_from")
        ),
    )
    with op.batch_alter_table("team_area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_area_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "team_plan_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.unit_id"], name=op.f("fk_team_plan_line_team_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_team_plan_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_plan_line")),
    )
    with op.batch_alter_table("team_plan_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_plan_line_team_id_day"), ["team_id", "day"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("time_trust", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("met", sa.String(length=20), nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=True),
        sa.Column("device", sa.String(length=10), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("follow_up_of", sa.Uuid(), nullable=True),
        sa.Column("no_further_visit", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("in_custody", sa.Boolean(), nullable=False),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("root", sa.Uuid(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_visit_activity_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_visit_household_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.unit_id"], name=op.f("fk_visit_team_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_visit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_activity_id_unit_id_day"), ["activity_id", "unit_id", "day"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_visit_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_corrects"), ["corrects"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_follow_up_of"), ["follow_up_of"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_follow_up_on"), ["follow_up_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_household_id_day"), ["household_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_root"), ["root"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_team_id"), ["team_id"], unique=False)

    op.create_table(
        "visit_check_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_visit_check_in_activity_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.unit_id"], name=op.f("fk_visit_check_in_team_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_visit_check_in_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_check_in")),
    )
    with op.batch_alter_table("visit_check_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_check_in_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_check_in_team_id_day"), ["team_id", "day"], unique=False)

    op.create_table(
        "visit_day_language",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("visits >= 0", name=op.f("ck_visit_day_language_visits_not_negative")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_visit_day_language_activity_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.unit_id"], name=op.f("fk_visit_day_language_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_day_language")),
    )
    with op.batch_alter_table("visit_day_language", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_day_language_operation_id"), ["operation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_visit_day_language_team_id_day"), ["team_id", "day"], unique=False
        )

    op.create_table(
        "visit_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("assisted", sa.Integer(), nullable=False),
        sa.Column("declared", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("in_custody", sa.Boolean(), nullable=False),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("root", sa.Uuid(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "assisted >= 0 AND declared >= 0", name=op.f("ck_visit_session_people_not_negative")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_visit_session_activity_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.unit_id"], name=op.f("fk_visit_session_team_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_visit_session_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_session")),
    )
    with op.batch_alter_table("visit_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_visit_session_activity_id_unit_id_day"),
            ["activity_id", "unit_id", "day"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_visit_session_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_session_corrects"), ["corrects"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_session_root"), ["root"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_session_team_id"), ["team_id"], unique=False)

    op.create_table(
        "visit_call_back",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", Moment(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_call_back_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_call_back")),
    )
    op.create_table(
        "visit_photo",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_photo_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", "digest", name=op.f("pk_visit_photo")),
    )
    with op.batch_alter_table("visit_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_photo_digest"), ["digest"], unique=False)

    op.create_table(
        "visit_service",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_service_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", "service", name=op.f("pk_visit_service")),
    )
    op.create_table(
        "visit_session_service",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["visit_session.id"], name=op.f("fk_visit_session_service_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "service", "outcome", name=op.f("pk_visit_session_service")),
    )
    with op.batch_alter_table("quarantined", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deed_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("happened_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("time_trust", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("settled_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("became", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "ix_quarantined_open",
            ["received_at"],
            unique=False,
            postgresql_where=sa.text("settled_at IS NULL"),
            sqlite_where=sa.text("settled_at IS NULL"),
        )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_operation_refused",
            ["activity_id"],
            unique=False,
            postgresql_where=sa.text("outcome = 'refused'"),
            sqlite_where=sa.text("outcome = 'refused'"),
        )
        batch_op.create_index(
            "ix_operation_waiting",
            ["activity_id"],
            unique=False,
            postgresql_where=sa.text("outcome = 'waiting'"),
            sqlite_where=sa.text("outcome = 'waiting'"),
        )
