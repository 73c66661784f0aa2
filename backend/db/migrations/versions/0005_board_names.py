"""names on boards; logins that begin with a one-time password, can be suspended, and carry a version"""

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("board_name", sa.String(length=40), nullable=True))
    named = sa.text("board_name IS NOT NULL")
    op.create_index("ix_person_on_boards", "person", ["id"], sqlite_where=named, postgresql_where=named)
    op.add_column("staff_login", sa.Column("one_time_until", Moment(), nullable=True))
    op.add_column("staff_login", sa.Column("suspended_at", Moment(), nullable=True))
    op.add_column("staff_login", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_role_grant_ends_after_start"), "valid_to IS NULL OR valid_to >= valid_from"
        )
