"""answers to figures from below, and what a level gave out"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEPT = ("level_acceptance", "level_answer", "level_publication")


def keep(table: str) -> None:
    """An answer is final and a publication stands: the database itself refuses a change, whatever statement asks for it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_is_kept_{deed.lower()} BEFORE {deed} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
        )


def answer_columns() -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("dataset", sa.String(length=60), nullable=False),
        sa.Column("line", sa.String(length=6), nullable=False),
        sa.Column("calendar", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "level_acceptance",
        sa.Column("id", sa.Uuid(), nullable=False),
        *answer_columns(),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'returned')", name=op.f("ck_level_acceptance_outcome_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_acceptance")),
        sa.UniqueConstraint("digest", name="uq_level_acceptance_digest"),
    )
    op.create_table(
        "level_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        *answer_columns(),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.CheckConstraint("outcome IN ('accepted', 'returned')", name=op.f("ck_level_answer_outcome_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_answer")),
        sa.UniqueConstraint("peer_id", "digest", name="uq_level_answer_peer_id_digest"),
    )
    for table in ("level_acceptance", "level_answer"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(
                batch_op.f(f"ix_{table}_dataset_calendar_period"),
                ["dataset", "calendar", "period"],
                unique=False,
            )
    op.create_table(
        "level_publication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("dataset", sa.String(length=60), nullable=False),
        sa.Column("line", sa.String(length=6), nullable=False),
        sa.Column("calendar", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.String(length=30), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_level_publication_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_publication")),
        sa.UniqueConstraint(
            "unit_id", "dataset", "line", "calendar", "period", "number", name="uq_level_publication_number"
        ),
    )
    for table in KEPT:
        keep(table)
