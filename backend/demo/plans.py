"""The register of the demo commune: its own plan with the documents it rests on; days and stands of tasks are invented."""

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.demo.places import Planted
from backend.plans import register
from backend.plans.models import PlanDocument, PlanTask
from backend.plans.register import Task
from backend.plans.rules import Due, Paper
from backend.safeguards.audit import Actor
from backend.units.models import UnitName
from campaigns.models import Activity

DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("plans.yaml").read_text(encoding="utf-8"))
OWN = "kh08"
LISTED_BEFORE = 90
"""Days since the tasks were written into the register: how they stand came later."""


def plant(session: Session, planted: Planted, staff: dict[str, uuid.UUID]) -> None:
    by = Actor("staff", staff["phuong"])
    papers = {row["key"]: _document(session, planted, row, by) for row in DATA["documents"]}
    for start, others in DATA["implements"].items():
        for other in others:
            register.relate(session, planted.commune, papers[start], "implements", papers[other], by)
    own = session.get_one(PlanDocument, papers[OWN])
    phases = {
        row["code"]: register.add_phase(
            session, own, row["code"], row["title"], row.get("starts"), row.get("ends"), by
        )
        for row in DATA["phases"]
    }
    names = _names(session, planted)
    for row in DATA["tasks"]:
        _task(session, own, row, names, phases, by)


def _document(session: Session, planted: Planted, row: dict[str, Any], by: Actor) -> uuid.UUID:
    paper = Paper(row["issuer"], row["title"], row["number"], row.get("dated"))
    return register.add_document(session, planted.commune, paper, by)


def _names(session: Session, planted: Planted) -> dict[str, tuple[uuid.UUID, str]]:
    """Units of the demo by name, bodies by their code too, each with what it is called."""
    called = {
        row.unit_id: f"{row.level_word} {row.name}".strip() for row in session.scalars(select(UnitName))
    }
    places = (
        planted.agencies | planted.bodies | {"TNCS Hồ Chí Minh xã Tân Khánh (minh hoạ)": planted.branches[""]}
    )
    found = {name: (unit, called[unit]) for name, unit in places.items()}
    for unit, name in called.items():
        found.setdefault(name, (unit, name))
    return found


def _task(
    session: Session, own: PlanDocument, row: dict[str, Any], names: dict[str, tuple[uuid.UUID, str]],
    phases: dict[str, uuid.UUID], by: Actor,
) -> None:  # fmt: skip
    lead, called = names[row["lead"]]
    along = [names[one] for one in row.get("with", ())]
    task = Task(
        row["what"], called, Due(_day(row, "due"), row.get("due", "")), row["code"], lead,
        "; ".join(name for _, name in along), tuple(unit for unit, _ in along), row.get("output", ""),
        phases.get(row.get("phase", "")),
    )  # fmt: skip
    with clock.stopped_at(clock.now() - timedelta(days=LISTED_BEFORE)):
        made = register.add_task(session, own, task, by)
    if row["state"] != "open":
        words = "Đã hoàn thành (hư cấu)" if row["state"] == "done" else ""
        on = _day(row, "done") or clock.today() - timedelta(days=20)
        revision = session.get_one(PlanTask, made).revision
        register.stands(session, made, row["state"], words, on, by, seen=revision)
    if row.get("campaign"):
        campaign = session.scalars(
            select(Activity.campaign_id).where(Activity.kind == row["campaign"])
        ).first()
        register.link_task(session, made, "campaign", str(campaign), own.unit_id, by)
    if row.get("indicator"):
        register.link_task(session, made, "indicator", row["indicator"], own.unit_id, by)


def _day(row: dict[str, Any], name: str) -> date | None:
    """A day the plan names, or one so many days from now."""
    days = row.get(f"{name}_days")
    found: date | None = row.get(f"{name}_on")
    return clock.today() + timedelta(days=days) if days is not None else found
