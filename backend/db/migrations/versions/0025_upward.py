"""reports and proposals between nodes"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KEPT = ("report_sent_up", "report_filed", "report_answer", "proposal_move")


def keep(table: str) -> None:
    """What was sent, filed and answered stands: the database itself refuses a change, whatever statement asks for it."""
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


def of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def key(table: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def upgrade() -> None:
    _reports()
    _proposals()
    for table in KEPT:
        keep(table)


def _reports() -> None:
    op.create_table(
        "report_sent_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("packet", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        of("report_sent_up", "submission_id", "report_submission"),
        of("report_sent_up", "peer_id", "peer"),
        key("report_sent_up"),
        sa.UniqueConstraint("submission_id", "round", name="uq_report_sent_up_round"),
        sa.UniqueConstraint("packet", name="uq_report_sent_up_packet"),
    )
    op.create_table(
        "report_filed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("peer_id", sa.Uuid(), nullable=False),
        sa.Column("packet", sa.String(length=64), nullable=False),
        sa.Column("paper", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        of("report_filed", "submission_id", "report_submission"),
        of("report_filed", "peer_id", "peer"),
        key("report_filed"),
        sa.UniqueConstraint("submission_id", "round", name="uq_report_filed_round"),
    )
    op.create_index(op.f("ix_report_filed_packet"), "report_filed", ["packet"], unique=False)
    op.create_table(
        "report_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('taken', 'returned', 'locked')", name=op.f("ck_report_answer_outcome_known")
        ),
        of("report_answer", "submission_id", "report_submission"),
        key("report_answer"),
        sa.UniqueConstraint("submission_id", "round", "outcome", name="uq_report_answer_outcome"),
    )


def _proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("holder_code", sa.String(length=40), nullable=False),
        sa.Column("line", sa.String(length=10), nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("topic", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("from_peer_id", sa.Uuid(), nullable=True),
        sa.Column("to_peer_id", sa.Uuid(), nullable=True),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "sort IN ('difficulty', 'proposal', 'question')", name=op.f("ck_proposal_sort_known")
        ),
        sa.CheckConstraint(
            "line IN ('state', 'party', 'front', 'youth')", name=op.f("ck_proposal_line_known")
        ),
        sa.CheckConstraint("state IN ('open', 'answered')", name=op.f("ck_proposal_state_known")),
        of("proposal", "from_peer_id", "peer"),
        of("proposal", "to_peer_id", "peer"),
        key("proposal"),
        sa.UniqueConstraint("ref", name="uq_proposal_ref"),
    )
    op.create_index(op.f("ix_proposal_unit_code"), "proposal", ["unit_code"], unique=False)
    op.create_index(op.f("ix_proposal_holder_code"), "proposal", ["holder_code"], unique=False)
    op.create_index(op.f("ix_proposal_state_due"), "proposal", ["state", "due"], unique=False)
    op.create_table(
        "proposal_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("deed", sa.String(length=10), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(
            "deed IN ('raised', 'escalated', 'answered')", name=op.f("ck_proposal_move_deed_known")
        ),
        of("proposal_move", "proposal_id", "proposal"),
        key("proposal_move"),
        sa.UniqueConstraint("proposal_id", "deed", "unit_code", name="uq_proposal_move_once"),
    )
