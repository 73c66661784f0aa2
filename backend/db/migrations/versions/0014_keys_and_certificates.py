"""keys over time, the node's identity, status lists, certificates of units"""

import base64

import sqlalchemy as sa
from alembic import op

from backend.db.base import Moment
from backend.safeguards.multibase import multikey

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _keys()
    _lists()
    _certificates()


def _keys() -> None:
    for name in ("from_at", "until_at", "withdrawn_at", "withdrawn_from"):
        op.add_column("node_key", sa.Column(name, Moment(), nullable=True))
    op.add_column("node_key", sa.Column("multibase", sa.String(length=60), nullable=True))
    keys = sa.table("node_key", sa.column("id"), sa.column("public"), sa.column("multibase"))
    there = op.get_bind().execute(sa.select(keys.c.id, keys.c.public)).all()
    for key_id, public in there:
        raw = base64.urlsafe_b64decode(public + "=" * (-len(public) % 4))
        op.execute(keys.update().where(keys.c.id == key_id).values(multibase=multikey(raw)))
    op.execute("UPDATE node_key SET from_at = made_at")
    with op.batch_alter_table("node_key") as table:
        table.alter_column("from_at", existing_type=Moment(), nullable=False)
        table.alter_column("multibase", existing_type=sa.String(length=60), nullable=False)
    op.create_table(
        "node_identity",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("did", sa.String(length=300), nullable=False),
        sa.Column("public_url", sa.String(length=300), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_node_identity_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node_identity")),
    )


def _lists() -> None:
    op.create_table(
        "status_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.CheckConstraint("step % 2 = 1", name=op.f("ck_status_list_step_odd")),
        sa.CheckConstraint("used >= 0 AND used <= 131072", name=op.f("ck_status_list_used_fits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_list")),
        sa.UniqueConstraint("number", name=op.f("uq_status_list_number")),
    )
    op.create_table(
        "status_bit",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["status_list.id"], name=op.f("fk_status_bit_list_id")),
        sa.PrimaryKeyConstraint("list_id", "position", name=op.f("pk_status_bit")),
    )


def _certificates() -> None:
    """Papers that are there already are the organiser's own and persons'; they stay without a credential."""
    for column in (
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("tier", sa.String(length=10), nullable=False, server_default="organiser"),
        sa.Column("recipient_kind", sa.String(length=10), nullable=False, server_default="person"),
        sa.Column("recipient_unit_id", sa.Uuid(), nullable=True),
        sa.Column("source_kind", sa.String(length=20), nullable=False, server_default="asked"),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("design_id", sa.Uuid(), nullable=True),
        sa.Column("credential", sa.Text(), nullable=True),
        sa.Column("credential_id", sa.Uuid(), nullable=True),
        sa.Column("slip_signature", sa.String(length=100), nullable=True),
        sa.Column("list_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.Column("png_digest", sa.String(length=64), nullable=True),
        sa.Column("pdf_digest", sa.String(length=64), nullable=True),
        sa.Column("replaced_by", sa.String(length=20), nullable=True),
    ):
        op.add_column("certificate", column)
    op.execute(
        "UPDATE certificate SET unit_id = (SELECT campaign.owner_unit_id FROM activity JOIN campaign"
        " ON campaign.id = activity.campaign_id WHERE activity.id = certificate.activity_id)"
    )
    with op.batch_alter_table("certificate") as table:
        table.alter_column("unit_id", nullable=False)
        table.alter_column("activity_id", existing_type=sa.Uuid(), nullable=True)
        table.alter_column("subject", existing_type=sa.Uuid(), nullable=True)
        for name in ("tier", "recipient_kind", "source_kind"):
            table.alter_column(name, existing_type=sa.String(), server_default=None)
        table.create_foreign_key(op.f("fk_certificate_unit_id"), "unit", ["unit_id"], ["id"])
        table.create_foreign_key(
            op.f("fk_certificate_recipient_unit_id"), "unit", ["recipient_unit_id"], ["id"]
        )
        table.create_foreign_key(op.f("fk_certificate_list_id"), "status_list", ["list_id"], ["id"])
        table.create_unique_constraint(op.f("uq_certificate_credential_id"), ["credential_id"])
        table.drop_constraint(op.f("uq_certificate_activity_id_subject"), type_="unique")
        table.create_unique_constraint(op.f("uq_certificate_list_id_position"), ["list_id", "position"])
        table.create_index(op.f("ix_certificate_recipient_unit_id"), ["recipient_unit_id"])
        table.create_index(op.f("ix_certificate_png_digest"), ["png_digest"])
        table.create_index(op.f("ix_certificate_pdf_digest"), ["pdf_digest"])
        table.create_check_constraint(
            op.f("ck_certificate_tier_known"), "tier IN ('thanks', 'organiser', 'formal')"
        )
        table.create_check_constraint(
            op.f("ck_certificate_recipient_known"),
            "(recipient_kind = 'person' AND subject IS NOT NULL) OR "
            "(recipient_kind = 'unit' AND recipient_unit_id IS NOT NULL) OR recipient_kind = 'firm'",
        )
    stands = sa.text("replaced_by IS NULL")
    for columns in (["activity_id", "subject"], ["source_kind", "source_id"]):
        op.create_index(
            f"uq_certificate_{'_'.join(columns)}", "certificate", columns,
            unique=True, sqlite_where=stands, postgresql_where=stands,
        )  # fmt: skip
