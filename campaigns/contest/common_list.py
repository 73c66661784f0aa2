"""The final list of all communes: ranked by the frozen rules, published as a signed statement, restated when a row is taken back."""

from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.participation.lease import hold
from backend.safeguards.audit import WORKER, Actor, note
from backend.safeguards.signing import Signer
from campaigns.common_models import CommonFinal, CommonTold
from campaigns.common_shapes import ContestFinal, RankedRow
from campaigns.contest import common_above as above
from campaigns.contest import common_sum
from campaigns.contest.common import chain, ranked
from campaigns.contest.errors import NoRows, SameList
from campaigns.contest.words import RANKED

TAKEN_BACK = "rows-changed"
"""Why a list follows another by itself: a commune took a row back or told one anew."""
FORMULA = {
    "vi": "Mỗi dòng là kết quả của một người đã đồng ý, do xã gửi lên có ký số và không kèm tên. Các dòng xếp theo đúng thể lệ đã phát hành; "
    "bằng nhau ở mọi điểm thì cùng hạng. Chỉ xã mới biết dòng nào của ai.",
    "en": "Each row is the result of one person who agreed, signed and sent by the commune without a name. Rows are ranked by the rules as "
    "given out; equal in everything, they share a place. Only the commune knows whose row is whose.",
}


def list_now(session: Session, contest: str, round_: str) -> list[RankedRow]:
    """Every row that stands, best first."""
    row = above.contest(session, contest)
    return ranked(common_sum.rows_of(session, contest, round_), above.settings_in(row, round_))


def published(session: Session, contest: str, round_: str) -> CommonFinal | None:
    """The newest list of that round."""
    rows = select(CommonFinal).where(CommonFinal.contest == contest, CommonFinal.round == round_)
    return session.scalars(rows.order_by(CommonFinal.number.desc()).limit(1)).first()


def all_published(session: Session) -> list[CommonFinal]:
    """The newest list of every round, the latest first."""
    found: dict[tuple[str, str], CommonFinal] = {}
    for row in session.scalars(select(CommonFinal).order_by(CommonFinal.number)):
        found[row.contest, row.round] = row
    return sorted(found.values(), key=lambda row: row.published_at, reverse=True)


def publish(
    session: Session, contest: str, round_: str, signer: Signer, actor: Actor, why: str | None = None
) -> CommonFinal:
    """Publish the list as it stands, signed. Raises CommonUnknown, NoRows, SameList."""
    hold(session, f"common.final.{contest}.{round_}")
    rows, before = list_now(session, contest, round_), published(session, contest, round_)
    if not rows and before is None:
        raise NoRows
    said = _statement(session, contest, round_, rows)
    if before is not None and _changes(before.statement) == _changes(said):
        raise SameList
    said |= {"supersedes": before.number if before else None, "why": why}
    signed = signer.sign_statement(session, said)
    made = CommonFinal(
        contest=contest, round=round_, number=before.number + 1 if before else 1, statement=said,
        digest=signed.digest, signature=signed.signature, key_id=signed.key_id, published_at=clock.now(),
        published_by=actor.id,
    )  # fmt: skip
    session.add(made)
    note(session, actor, "common.publish", "common_contest", f"{contest}/{round_}", reason=why)
    session.flush()  # who sends it down names it by its number
    return made


def _changes(said: dict[str, Any]) -> tuple[Any, Any]:
    return said["rows"], said["total"]


def _statement(session: Session, contest: str, round_: str, rows: list[RankedRow]) -> dict[str, Any]:
    row, sum_ = above.contest(session, contest), common_sum.newest_sum(session, contest, round_)
    return {
        "contest": contest,
        "round": round_,
        "title": row.title,
        "organiser": row.terms["organiser"],
        "node": this_node(session).name,
        "rules": row.rules,
        "chain": _in_words(row, round_),
        "formula": FORMULA,
        "total": None if sum_ is None else {**sum_.said, "why": sum_.why},
        "rows": msgspec.to_builtins(rows),
        "signed_by": _packets(session, contest, round_),
    }


def _in_words(row: Any, round_: str) -> list[dict[str, str]]:
    keys = chain(above.settings_in(row, round_))
    return [{"vi": RANKED[name][0], "en": RANKED[name][1]} for name in keys]


def _packets(session: Session, contest: str, round_: str) -> list[dict[str, Any]]:
    """Which signed packet of each commune the rows come from, so that they can be held against it."""
    rows = select(CommonTold).where(CommonTold.contest == contest, CommonTold.round == round_)
    return [
        {"unit": row.unit_code, "revision": row.revision, "packet": row.packet}
        for row in session.scalars(rows.order_by(CommonTold.unit_code))
    ]


def restate(session: Session, signer: Signer) -> list[CommonFinal]:
    """Publish anew, by itself, every list of which a row was taken back or told anew since; those that were."""
    made = []
    for row in all_published(session):
        stands = msgspec.to_builtins(list_now(session, row.contest, row.round))
        if stands != row.statement["rows"]:
            made.append(publish(session, row.contest, row.round, signer, WORKER, TAKEN_BACK))
    return made


def shown_rows(session: Session, found: CommonFinal) -> list[dict[str, Any]]:
    """The published rows without those that were taken back since: a page never waits for the next number."""
    stands = {
        (unit, row.number)
        for unit, rows in common_sum.rows_of(session, found.contest, found.round).items()
        for row in rows
    }
    return [row for row in found.statement["rows"] if (row["unit"], row["number"]) in stands]


def as_document(found: CommonFinal) -> ContestFinal:
    """What goes down to the communes: the same rows, nothing more."""
    said = found.statement
    return ContestFinal(
        contest=found.contest,
        round=found.round,
        rules=said["rules"],
        number=found.number,
        total=said["total"]["number"] if said["total"] else 0,
        rows=[msgspec.convert(row, RankedRow) for row in said["rows"]],
    )
