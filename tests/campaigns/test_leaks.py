"""A scan of a running round: API, pages, exports and logs tell neither keys nor how many have everything right.

The bank carries marks that occur nowhere else; numbers are chosen so that no date or count happens to look like them.
Afterwards the same scan over the settled round finds them, which shows that it can.
"""

import io
import logging
import re
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from backend import clock
from backend.calendars import last_full
from backend.cards.actions import open_card
from backend.cards.templates import newest as card_template
from backend.certificates.designs import ORGANISER
from backend.db.base import new_id
from backend.http import STAFF_TOKEN, NodeApp
from backend.inspection import actions as inspection
from backend.leaderboards.models import Board, Standing
from backend.open_data import choices
from backend.participation.models import Fact
from backend.people import sign_in
from backend.people.consents import texts
from backend.plans import register
from backend.plans.models import PlanDocument
from backend.plans.rules import Due, Paper
from backend.safeguards.audit import OPERATOR, Actor
from backend.scorecards.indicators import template
from backend.scorecards.models import ScorecardLine
from backend.tallies.models import Tally, TallySubject
from backend.teams.models import Assignment
from backend.units import change as units
from backend.units.models import Unit
from campaigns import lifecycle
from campaigns.award import founding, proposals
from campaigns.award.hands import hand
from campaigns.contest.models import ContestQuestion
from campaigns.contest.schemas import ContestSettings
from campaigns.models import Activity, Campaign
from tests.admin.field import found_team, household
from tests.structure.test_guards import ROLE_OF
from tests.support.awards import RULES as AWARD_RULES
from tests.support.contest import choose, close, remove, settle, turn, write_paper
from tests.support.world import SINCE, Phone, World, plant
from tests.targets.conftest import issue_at

HERE, THERE = 811, 426
"""So many have everything right in the two hamlets, 1237 in the commune."""
ALL_RIGHT = HERE + THERE
NEARLY = 97
"""Passed, with one wrong. The number of passes alone therefore does not tell the other one."""
RULES = {"prediction": True, "settle": "by_hand", "pass_right": 3, "attempts_per_person": 2}
MARKS = ("GIẢI-THÍCH", "EXPLANATION-MARK", "NGUỒN-MẬT")
NO_ANSWERS = ("/app", "/static", "/admin/static", "/language/", "/admin/sign-in", "/admin/new-password")
"""Files that ship with the product, and doors that only set a cookie."""
KEY_TEAM = ("editor",)
"""The question team writes the keys; its own pages of the bank may show them."""


@pytest.fixture
def running(app: NodeApp, database: Any) -> World:
    """A round with a marked bank, 1,334 papers, and phones that are in every state."""
    world = plant(app, database, opened=False)
    mark_the_bank(world)
    choose(world, **RULES)
    with database.transaction() as session:
        for unit, heads in ((world.hamlet, 2003), (world.other_hamlet, 1009), (world.commune, 3012)):
            units.count_heads(session, unit, "residents_from_7", SINCE.replace(month=12), heads, "thử")
        lifecycle.open_activity(session, session.get_one(Activity, world.activity), OPERATOR)
        for unit, count in ((world.hamlet, HERE), (world.other_hamlet, THERE - 1)):
            for _ in range(count):
                write_paper(session, world, new_id(), 5, 60_000, 9, settings=AS_FROZEN, unit=unit)
        for n in range(NEARLY):
            write_paper(session, world, new_id(), 4, 60_000 + n, 9, settings=AS_FROZEN, unit=world.hamlet)
    household(world, "nhà bác Tư", found_team(world))
    return world


AS_FROZEN = ContestSettings(pass_right=3, prediction=True)


def mark_the_bank(world: World) -> None:
    with world.database.transaction() as session:
        for row in session.scalars(select(ContestQuestion)):
            row.form, row.key = "ordering", "dacb"[row.number % 4 :] + "dacb"[: row.number % 4]
            row.key = ",".join(row.key)
            row.explanation = {"vi": f"GIẢI-THÍCH-{row.number}.", "en": f"EXPLANATION-MARK-{row.number}."}
            row.source = f"NGUỒN-MẬT-{row.number}"


# --- the crawl ---------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """Every answer: (visitor, address) -> its text; and which routes answered 200 to somebody."""

    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


def clients(world: World, phones: dict[str, Phone]) -> Iterator[tuple[str, FlaskClient, dict[str, str]]]:
    yield "nobody", world.client(), {}
    for name, phone in phones.items():
        yield name, phone.client, phone.headers
    for name in ROLE_OF:
        client = world.client()
        with world.database.transaction() as session:
            token, _ = sign_in.open_session(session, world.staff[name], new_id())
        with client.session_transaction() as cookie:
            cookie[STAFF_TOKEN] = token
        yield name, client, {}


def values(world: World, phones: dict[str, Phone], receipts: list[str]) -> dict[str, list[str]]:
    """What may stand in an address, by the name of the place."""
    attempts = [phone.get(f"/activities/{world.activity}/mine").json["attempt"] for phone in phones.values()]
    with world.database.transaction(writes=False) as session:
        home, team = session.execute(select(Assignment.household_id, Assignment.team_id)).one()
    document, task, file = register_and_inspection(world)
    award, case, nominee = awards_of_the_commune(world)
    return {
        "activity_id": [str(world.activity)],
        "campaign_id": [str(world.campaign)],
        "unit_id": [str(unit) for unit in (world.commune, world.hamlet, world.other_hamlet)],
        "attempt_id": [attempt["id"] for attempt in attempts if attempt],
        "person_id": [str(world.staff["an"])],
        "code": ["q01", "q07"],
        "unit_code": [gives_its_figures(world)],
        "calendar_id": [str(new_id())],
        "receipt": receipts,
        "word": ["csv", "xlsx", "scorecards", "facts"],
        "name": ["khong-co.png"],
        "digest": ["0" * 64],
        "number": ["khong-co"],
        "list_number": ["1"],
        "team_id": [str(team)],
        "household_id": [str(home)],
        "operation_id": [str(new_id())],
        "aside_id": [str(new_id())],
        "merged_id": [str(new_id())],
        "pledge_id": [str(new_id())],
        "initiative_id": [str(new_id())],
        "author_id": [str(new_id())],
        "challenge_id": [str(new_id())],
        "council_id": [str(new_id())],
        "assignment_id": [str(new_id())],
        "recognition_id": [str(new_id())],
        "set_id": [str(plan_of_the_commune(world))],
        "indicator_code": ["TK-H1"],
        "kind": ["declared", "official"],
        "report_id": [str(new_id())],
        "submission_id": [str(new_id())],
        "round_number": ["1"],
        "duty_id": [str(new_id())],
        "deed": ["draft"],
        "document_id": [str(document)],
        "task_id": [str(task)],
        "file_id": [str(file)],
        "finding_id": [str(new_id())],
        "batch_id": [str(new_id())],
        "design_id": [str(ORGANISER)],
        "event_id": [str(new_id())],
        "card_id": [str(card_of_last_month(world))],
        "evidence_id": [str(new_id())],
        "criterion": [one.code for one in card_template("xa-thang").criteria if one.formula],
        "appeal_id": [str(new_id())],
        "award_id": [str(award)],
        "case_id": [str(case)],
        "nominee_id": [str(nominee)],
        "entry_id": [str(new_id())],
        "enrolment_id": [str(new_id())],
        "review_number": ["1"],
        "model_id": [str(new_id())],
        "template_sha": [card_template("xa-thang").sha256],
        "telling_id": [str(new_id())],
        "peer_id": [str(new_id())],
        "series": ["targets/khong-co"],
        "contest": ["khong-co"],
        "round_": ["r1"],
        "template": ["xa-thang"],
        "calendar": ["thang"],
        "line": ["state"],
        "stream": ["contest-counts/khong-co"],
        "proposal_id": [str(new_id())],
        "what": ["move", "rename", "abolish"],
    }


def gives_its_figures(world: World) -> str:
    """The commune publishes its open data."""
    with world.database.transaction() as session:
        choices.choose(session, world.commune, True, OPERATOR)
        return session.get_one(Unit, world.commune).code


def plan_of_the_commune(world: World) -> uuid.UUID:
    """Its own set of targets."""
    with world.database.transaction() as session:
        return issue_at(session, world.commune, "tan-khanh").id


def awards_of_the_commune(world: World) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Awards whose rules read the contest, a list, and a name on it."""
    with world.database.transaction() as session:
        by = hand(session, world.staff["emulation"])
        award = founding.add(session, session.get_one(Campaign, world.campaign), AWARD_RULES, by)
        lifecycle.open_activity(session, award, OPERATOR)
        outline = proposals.Outline(
            "state", "formal", "giay-khen", world.commune, world.commune, "Dẫn đầu", "dan-dau"
        )
        case = proposals.draft(session, award, outline, by)
        return award.id, case.id, proposals.add(session, case, proposals.Candidate("person", "Bình"), by).id


def card_of_last_month(world: World) -> uuid.UUID:
    """The commune's scorecard of a month, open."""
    month = last_full("thang", "month", clock.today())
    with world.database.transaction() as session:
        return open_card(session, world.commune, "xa-thang", month, OPERATOR).id


def register_and_inspection(world: World) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """A document with a task the commune leads, and an inspection of the commune and its hamlets that runs."""
    today, by = clock.today(), Actor("staff", world.staff["inspector"])
    with world.database.transaction() as session:
        document = register.add_document(session, world.commune, Paper("Đảng ủy xã", "Kế hoạch"), by)
        told = register.Task("Vận động dự thi", "xã", Due(words="thường xuyên"), "1", world.commune)
        task = register.add_task(session, session.get_one(PlanDocument, document), told, by)
        units = (world.commune, world.hamlet, world.other_hamlet)
        asked = inspection.Planned(
            "Kiểm tra", "Đột xuất", today, SINCE, today, units, ("scorecards", "targets", "facts"), (by.id,)
        )
        file = inspection.plan(session, world.commune, asked, by)
        other = Actor("staff", world.staff["party"])
        inspection.decide(session, file, "01", "QĐ số 5", today, today, other)
    return document, task, file


QUERIES = [
    {"activity": "{activity}", "indicator": indicator.code, "period": "all", "sort": "rate", "show": "all"}
    for indicator in template().indicators
] + [
    {
        "activity": "{activity}",
        "measure": "contest.all_correct",
        "sort": "right",
        "order": "right",
        "limit": "50",
    }
]


def addresses(app: NodeApp, rule: Rule, known: dict[str, list[str]]) -> Iterator[str]:
    """The rule's addresses with real things in them."""
    missing = rule.arguments - set(known)
    assert not missing, f"{rule.rule}: what may stand for {missing}?"
    found: list[dict[str, str]] = [{}]
    for name in sorted(rule.arguments):
        found = [{**told, name: value} for told in found for value in known[name]]
    for told in found:
        yield app.url_map.bind("localhost").build(rule.endpoint, told)


def queries_for(rule: Rule) -> list[dict[str, str]]:
    """Figures one by one where a page reads which; elsewhere one of each sort is enough."""
    if not rule.rule.startswith("/admin"):
        return [{"nonce": "x"}]
    if "suggestions" in rule.rule:
        return [{"rule": one.code} for one in AWARD_RULES.rules]
    return QUERIES if "facts" in rule.rule else [QUERIES[0], QUERIES[-1]]


def crawl(world: World, phones: dict[str, Phone], receipts: list[str]) -> Seen:
    """Ask everything that can be asked with GET, as everybody, in both languages."""
    seen, known = Seen(), values(world, phones, receipts)
    rules = [
        rule
        for rule in world.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(NO_ANSWERS)
    ]
    seen.rules = {rule.rule for rule in rules}
    for visitor, client, headers in clients(world, phones):
        for rule in rules:
            for path in addresses(world.app, rule, known):
                for query in queries_for(rule):
                    asked = {name: value.format(activity=world.activity) for name, value in query.items()}
                    for language in ("vi", "en") if len(query) == 1 or query is QUERIES[-1] else ("vi",):
                        answer = client.get(
                            path, query_string=asked, headers=headers | {"Accept-Language": language}
                        )
                        if answer.status_code >= 500:
                            seen.broken.add(f"{path} as {visitor}")
                        if answer.status_code == 200:
                            seen.answered.add(rule.rule)
                        address = f"{path}?{'&'.join(f'{k}={v}' for k, v in asked.items())} {language}"
                        seen.answers[visitor, address] = readable(answer)
                        seen.answers[visitor, f"{address} (headers)"] = str(answer.headers)
    return seen


def readable(answer: TestResponse) -> str:
    """What somebody could read in it: a workbook is unpacked; a poster's pixels are nothing a scan for words can read."""
    if "spreadsheet" in answer.content_type:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return " ".join(book.read(part).decode() for part in book.namelist())
    return "" if answer.content_type.startswith("image/") else answer.data.decode()


# --- what must not be there --------------------------------------------------------------------------------------

NOISE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # ids
    r"|LT(?:-[0-9A-Z]{4}){3}"  # receipts
    r"|\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|\+00:00)?"  # moments
    r"|\d{10,}|[0-9a-fA-F]{20,}|[\w-]{40,}"  # milliseconds, digests, tokens
)


def shapes(number: int) -> str:
    """'1237', '1.237', '1,237' and with spaces that do not break."""
    thousands, rest = divmod(number, 1000)
    return rf"{thousands}[.,\u00a0\u202f ]?{rest:03d}" if thousands else str(number)


NUMBERS = re.compile(r"(?<![\w.,])(?:" + "|".join(shapes(n) for n in (ALL_RIGHT, HERE, THERE)) + r")(?!\w)")
KEY = re.compile(r'"(?:key|explanation|perfect)":|all_correct":\s*\d|\b[abcd](?:,[abcd]){3}\b')


def leaks(visitor: str, address: str, told: str) -> Iterator[str]:
    for mark in MARKS:
        if mark in told:
            yield mark
    quiet = NOISE.sub(" ", told)
    for number in NUMBERS.findall(quiet):
        yield f"the number {number} in '{around(quiet, number)}'"
    for key in KEY.findall(quiet):
        if not is_own_answer(address, key) and "/openapi.json" not in address:
            yield f"a key: {key} in '{around(quiet, key)}'"


def is_own_answer(address: str, key: str) -> bool:
    """What a person ordered is shown to that person again, right or wrong."""
    own = any(part in address for part in ("/mine", "/me/data"))
    return own and "," in key


def around(told: str, found: str) -> str:
    at = told.index(found)
    return " ".join(told[max(0, at - 80) : at + 80].split())


def is_for_the_key_team(visitor: str, address: str) -> bool:
    return visitor in KEY_TEAM and "/bank" in address


def all_leaks(seen: Seen) -> dict[str, set[str]]:
    """What leaked -> where, as whom."""
    found: dict[str, set[str]] = defaultdict(set)
    for (visitor, address), told in seen.answers.items():
        if not is_for_the_key_team(visitor, address):
            for leak in leaks(visitor, address, told):
                found[leak].add(f"{address} as {visitor}")
    return found


# --- the story ---------------------------------------------------------------------------------------------------


def cast(world: World) -> tuple[dict[str, Phone], list[str], list[str]]:
    """People in every state, with board names; their receipts; everything that was answered to their deeds."""
    phones = {
        name: world.phone(f"Người {name}") for name in ("watching", "working", "perfect", "failed", "removed")
    }
    told, receipts = [], []
    for name, right in (("working", None), ("perfect", 5), ("failed", 1), ("removed", 4)):
        phone = phones[name]
        start = phone.freeze("contest.start", {})
        told += [phone.push(start).text, phone.push(start).text]
        attempt = phone.get(f"/activities/{world.activity}/mine").json["attempt"]
        body = {"attempt": attempt["id"], "answers": {"1": "a,b,c,d"}}
        told.append(phone.push(phone.freeze("contest.answer", body)).text)
        if right is None:
            continue
        keys = world.keys(attempt["id"])
        answers = {place: key if n < right else "b,c,a,d" for n, (place, key) in enumerate(keys.items())}
        whole = {"attempt": attempt["id"], "answers": answers, "prediction": 5}
        paper = phone.freeze("contest.submit", whole)
        first = phone.push(paper)
        told += [without_answers(first.json), without_answers(phone.push(paper).json)]
        told.append(without_answers(phone.push(phone.freeze("contest.submit", whole)).json))
        receipts.append(first.json["results"][0]["receipt"])
        board_name = {"name": f"Tên {name}", "version": texts()["board_name"].version}
        phone.client.put("/api/v1/me/board-name", json=board_name, headers=phone.headers)
    remove(world, mine_of(phones["removed"]))
    return phones, receipts, told


def mine_of(phone: Phone) -> str:
    return str(phone.get(f"/activities/{phone.world.activity}/mine").json["attempt"]["id"])


def without_answers(verdicts: dict[str, Any]) -> str:
    """A verdict as text; the person's own answers are theirs."""
    for row in verdicts["results"]:
        if row["result"]:
            row["result"]["attempt"]["answers"] = {}
    return str(verdicts).replace("'", '"')


def work_of_the_worker(world: World) -> None:
    turn(world)
    world.fold()


def derived_and_ledger(world: World) -> list[str]:
    """What the database itself must not hold before the settlement, by name."""
    found = []
    with world.database.transaction(writes=False) as session:
        for model in (Fact, Tally, TallySubject):
            if session.scalars(select(model.measure).where(model.measure == "contest.all_correct")).first():
                found.append(model.__tablename__)
        lines = session.scalars(select(ScorecardLine.indicator).distinct()).all()
        found += [line for line in lines if "correct" in line]
        numbers = session.scalars(select(ScorecardLine.numerator).distinct()).all()
        found += [f"scorecard {number}" for number in numbers if number in (ALL_RIGHT, HERE, THERE)]
        found += ["place"] * len(
            session.scalars(select(Standing.place).where(Standing.place.is_not(None))).all()
        )
        found += ["target"] * len(
            session.scalars(select(Board.target).where(Board.target.is_not(None))).all()
        )
        for table in ("audit_entry", "change"):
            names = [column["name"] for column in inspect(session.connection()).get_columns(table)]
            for row in session.execute(text(f"SELECT * FROM {table}")).mappings():
                told = " ".join(str(row[name]) for name in names)
                found += [f"{table}: {leak}" for leak in leaks("", "", told)]
    return found


# The pages are the same whichever database is below: the long walk is taken on both only while papers come in.
@pytest.mark.parametrize(
    ("database_url", "moment"),
    [("sqlite", "running"), ("postgres", "running"), ("sqlite", "closed")],
    indirect=["database_url"],
)
def test_nothing_tells_keys_or_the_number_before_the_results_are_settled(
    running: World, caplog: pytest.LogCaptureFixture, moment: str
) -> None:
    caplog.set_level(logging.DEBUG)
    phones, receipts, told = cast(running)
    work_of_the_worker(running)
    if moment == "closed":
        close(running)
        work_of_the_worker(running)
    assert derived_and_ledger(running) == []
    assert [leak for answer in told for leak in leaks("", "push", answer)] == []
    seen = crawl(running, phones, receipts)
    found = all_leaks(seen)
    assert {leak: sorted(where)[0] for leak, where in found.items()} == {}
    assert list(leaks("", "log", caplog.text)) == []
    assert seen.broken == set()
    for phone in phones.values():
        shown = phone.get(f"/activities/{running.activity}/boards").json
        assert (shown["settled"], shown["persons"]) == (False, None)
        result = (phone.get(f"/activities/{running.activity}/mine").json["attempt"] or {}).get("result") or {}
        assert {result.get(name) for name in ("all_correct", "gap", "rank", "review")} == {None}
    never = {
        rule
        for rule in seen.rules - seen.answered
        if not rule.startswith(("/ket-qua/", "/xac-minh/", "/admin/campaigns/new"))
    }
    assert never <= MAY_BE_EMPTY, f"nobody could read {never - MAY_BE_EMPTY}: the scan has not seen these"


MAY_BE_EMPTY = {
    "/federation/hello",  # nothing answers here but to a peer's signature: tests/wire, tests/federation
    "/federation/catalogue",
    "/federation/documents/<digest>",
    "/federation/packets",
    "/federation/streams/<path:stream>",
    "/admin/peers/<uuid:peer_id>",  # this node knows no other; tests/admin/test_peers.py looks at these
    "/admin/peers/<uuid:peer_id>/answer",
    "/admin/outgoing/<uuid:telling_id>",  # nor has it told anybody anything: tests/admin/test_outgoing.py
    "/admin/documents/given/<digest>",  # nor given anything out: tests/admin/test_documents.py
    "/admin/documents/received/<uuid:peer_id>/<path:series>",
    "/admin/proposals/<uuid:proposal_id>",  # nor sent anything on: tests/admin/test_proposals.py
    "/admin/levels/units/<string:unit_code>",  # nor is it a level above: tests/admin/test_levels.py
    "/admin/levels/views",
    "/admin/levels/board",
    "/admin/levels/giving",
    "/admin/levels/so-lieu.<word>",
    "/tong-hop/<string:unit_code>/<string:template>/<string:line>/<string:calendar>/<string:code>",
    "/tong-hop/<string:unit_code>/<string:template>/<string:line>/<string:calendar>/<string:code>/so-lieu.<word>",
    "/admin/activities/<uuid:activity_id>/common",  # no contest of many communes: tests/admin/test_common.py
    "/admin/common/<contest>/<round_>",
    "/thi-chung/<contest>/<round_>",
    "/thi-chung/<contest>/<round_>.json",
    "/giai-thuong/<uuid:award_id>",  # no prize was published; tests/admin/test_awards.py
    "/admin/batches/<uuid:batch_id>",  # no batch was made here; tests/admin/test_batches.py looks at these
    "/admin/batches/<uuid:batch_id>/live",
    "/admin/batches/<uuid:batch_id>.<string:kind>.zip",
    "/admin/designs/<uuid:design_id>/preview.png",  # needs what the form packs: tests/admin/test_designs.py
    "/admin/designs/pictures/<uuid:unit_id>/<string:digest>.png",
    "/admin/awards/register.xlsx",  # nothing is in a book here; tests/admin/test_awards.py looks at it
    "/admin/movements/<uuid:activity_id>",  # there is no movement here; tests/admin/test_movements.py looks at these
    "/admin/movements/<uuid:activity_id>/entrants/<uuid:enrolment_id>",
    "/admin/movements/<uuid:activity_id>/entrants/<uuid:enrolment_id>/files/<digest>",
    "/admin/movements/<uuid:activity_id>/reviews/<int:review_number>",
    "/admin/models/<uuid:model_id>",
    "/phong-trao/<uuid:activity_id>",  # tests/public/test_movements.py
    "/phong-trao/<uuid:activity_id>/<int:review_number>.json",
    "/mo-hinh/<uuid:model_id>",
    "/admin/cards/evidence/<uuid:evidence_id>",  # nobody handed a file in; tests/admin/test_card_evidence.py looks at it
    "/admin/cards/<uuid:card_id>/official",  # nobody here works for the level above
    "/admin/reports/<uuid:report_id>",  # no report was begun here; tests/admin/test_reports.py looks at these
    "/admin/reports/<uuid:report_id>/file/<word>",
    "/admin/reports/<uuid:report_id>/sheet",
    "/admin/approvals/<uuid:submission_id>",
    "/admin/approvals/<uuid:submission_id>/file/<word>",
    "/admin/approvals/<uuid:submission_id>/rounds/<int:round_number>/file/<word>",
    "/admin/campaigns/<uuid:campaign_id>/check",  # a step of the launch, over once released
    "/api/v1/activities/<uuid:activity_id>/certificate",  # only once settled
    "/admin/campaigns/<uuid:campaign_id>/pictures/<path:name>",  # this bank has none,
    "/hinh/<string(length=64):digest>",
    "/trang-thai/<int:list_number>",  # no certificate was issued yet; tests/certificates/test_node.py
    "/trang-thai/<int:list_number>.jwt",
    "/admin/supervision/waiting/<uuid:operation_id>",  # nothing waits, and nobody goes from house to house here
    "/admin/households/<uuid:household_id>/merged/<uuid:merged_id>",  # no two were made one
    "/admin/supervision/aside/<uuid:aside_id>",  # nor was anything put aside
    "/admin/supervision/aside/<uuid:aside_id>/raw",
    "/admin/supervision/export.csv",
    "/api/v1/photos/<string:digest>",  # nobody here has sent one
    "/admin/households/cards",  # of a hamlet or a team that is named in the query
    "/admin/pledges/classes",  # there is no year of pledges here; tests/admin/test_pledge_matrix.py looks at these
    "/admin/pledges/cells/<uuid:unit_id>",
    "/admin/pledges/cells/<uuid:unit_id>/several",
    "/admin/pledges/cells/<uuid:unit_id>/agenda",
    "/admin/pledges/cells/<uuid:unit_id>/agenda.docx",
    "/admin/pledges/cells/<uuid:unit_id>/agenda.pdf",
    "/admin/pledges/<uuid:pledge_id>",
    "/admin/inspections/<uuid:file_id>/units/<uuid:unit_id>/pledges/<uuid:pledge_id>",
    "/admin/inspections/<uuid:file_id>/units/<uuid:unit_id>/reports/<uuid:report_id>",
    "/admin/pledges/<uuid:pledge_id>/pictures/<digest>",
    "/admin/pledges/<uuid:pledge_id>/papers/<digest>",
    "/api/v1/pledges/<uuid:activity_id>/menu",
    "/api/v1/pledges/<uuid:activity_id>/form.docx",
    "/api/v1/pledges/<uuid:activity_id>/form.pdf",
    "/api/v1/pledges/<uuid:activity_id>/fellows",
    "/api/v1/pledges/<uuid:activity_id>/fellows/<uuid:pledge_id>",
    "/api/v1/initiatives/<uuid:activity_id>",  # nor one of initiatives; tests/mobile_api/test_ideas.py looks at these
    "/api/v1/initiatives/<uuid:activity_id>/invitations/<uuid:author_id>",
    "/api/v1/initiatives/<uuid:activity_id>/<uuid:initiative_id>",
    "/sang-kien/<uuid:initiative_id>",
    "/vinh-danh/<string:unit_code>",  # no honour wall is open here; tests/public/test_honour.py looks at these
    "/vinh-danh/<string:unit_code>/poster.png",
    "/vinh-danh/<string:unit_code>/story.png",
    "/vinh-danh/<string:unit_code>.atom",
    "/vinh-danh/<string:unit_code>.json",
    "/admin/ideas/challenges",  # and at the console; tests/admin/test_ideas.py and test_idea_council.py look at these
    "/admin/ideas/councils",
    "/admin/ideas/councils/<uuid:council_id>",
    "/admin/ideas/councils/<uuid:council_id>/<uuid:initiative_id>",
    "/admin/ideas/desk/<uuid:assignment_id>",
    "/admin/ideas/desk/<uuid:assignment_id>/files/<digest>",
    "/admin/ideas/discussion",
    "/admin/ideas/import",
    "/admin/ideas/import/file.<word>",
    "/admin/ideas/<uuid:initiative_id>",
    "/admin/ideas/<uuid:initiative_id>/files/<digest>",
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_scan_finds_all_of_it_once_the_results_are_settled(running: World) -> None:
    """The scan can fail: what it looks for is there as soon as it may be."""
    phones, receipts, _ = cast(running)
    del phones["working"]
    with running.database.transaction() as session:
        session.execute(text("DELETE FROM contest_attempt WHERE state = 'running'"))
    settle(running)
    work_of_the_worker(running)
    found = all_leaks(crawl(running, phones, receipts))
    assert any(leak.startswith("the number 1237") or "1.237" in leak for leak in found)
    assert {"GIẢI-THÍCH", "EXPLANATION-MARK", "NGUỒN-MẬT"} <= set(found)
    assert derived_and_ledger(running) != []
