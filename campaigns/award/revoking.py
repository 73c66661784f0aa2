"""Taking awards back by a decision, with the reason: register, figures, certificate and everybody's page in one transaction."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend import clock
from backend.participation import changes
from backend.safeguards.audit import Actor, note
from campaigns.award import certificates, ledger, register, rules
from campaigns.award.chain import put_decision
from campaigns.award.errors import AwardNotNow, NumberMissing, SignatureMissing, WordsMissing
from campaigns.award.hands import Hand, Paper, require_stranger, trailed
from campaigns.award.models import Case, Entry
from campaigns.award.proposals import chain_of


def revoke(session: Session, entries: Sequence[uuid.UUID], paper: Paper, why: str, by: Hand) -> list[Entry]:
    """Take back entries of one case. A formal award needs the decision that withdraws it, one for as many as it names, also
    line by line; an organiser's certificate the reason alone (Law 06/2022/QH15: false declaration, forged papers, unlawful approval).

    Raises NotFound, NotStanding, AwardNotNow, AwardNotYours, OwnAward, WordsMissing, NumberMissing, SignatureMissing,
    NumberTaken.
    """
    if not rules.is_reason(why):
        raise WordsMissing
    found = [register.held(session, entry) for entry in entries]
    cases = {case.id: case for _, case in found}
    if len(cases) != 1:
        raise AwardNotNow
    (case,) = cases.values()
    by.require(chain_of(case).revokes, case.deciding_unit_id, case.line)
    require_stranger(session, by, case.id)
    decision = _decide(session, case, found[0][0], paper) if case.tier == "formal" else None
    for entry, _ in found:
        _take_back(session, entry, case, decision, why.strip()[:300], by)
    return [entry for entry, _ in found]


def _decide(session: Session, case: Case, entry: Entry, paper: Paper) -> uuid.UUID:
    if not paper.number.strip() or paper.day is None or paper.day > clock.today():
        raise NumberMissing
    if not (paper.signer.strip() and paper.signer_title.strip()):
        raise SignatureMissing
    return put_decision(
        session, case.deciding_unit_id, case.line, paper.number, paper.day, paper.signer.strip(),
        paper.signer_title.strip(), withdraws=entry.decision_id,
    )  # fmt: skip


def _take_back(
    session: Session, entry: Entry, case: Case, decision: uuid.UUID | None, why: str, by: Hand
) -> None:
    entry.revoked_at, entry.revoked_why, entry.revoked_by_decision = clock.now(), why, decision
    ledger.take_back(session, entry)
    certificates.take_back(session, entry, why, by)
    note(
        session,
        Actor("staff", by.person),
        "award.revoke",
        register.NOUN,
        entry.id,
        unit=case.deciding_unit_id,
        reason=trailed(case, why),
    )
    if entry.subject:
        changes.tell(session, "activity", case.activity_id, "changed", entry.subject)
