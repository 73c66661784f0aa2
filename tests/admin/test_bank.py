"""The question bank: who sees a key and when, what an edit does, and that of two editors nobody loses a word."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock
from backend.db.engine import Database
from backend.http import NodeApp
from campaigns.contest import rules
from campaigns.contest.models import ContestQuestion
from campaigns.models import Activity, Campaign, CampaignPicture, Phase
from tests.admin.desk import Desk, at_desk, trail
from tests.support.contest import settle
from tests.support.world import World, plant

SECRET = "LOI-GIAI-THICH"
SOURCE = "NGUON-TRICH-DAN"
FORMS: dict[str, dict[str, Any]] = {
    "single": {"codes": "abcd", "key": "c"},
    "several": {"codes": "abcd", "key": "b,d"},
    "true_false": {"codes": "tf", "key": "f"},
    "ordering": {"codes": "abcd", "key": "a,b,c,d"},
    "matching": {"codes": "abc", "matches": "123", "key": "a:1,b:2,c:3"},
}


@pytest.fixture
def quiet(app: NodeApp, database: Database) -> World:
    """The contest is prepared and not open; its bank holds a question of every form."""
    world = plant(app, database, opened=False)
    put_forms(world)
    return world


def put_forms(world: World) -> None:
    with world.database.transaction() as session:
        some = session.scalars(select(ContestQuestion)).first()
        assert some
        for number, (form, parts) in enumerate(FORMS.items(), start=51):
            session.add(
                ContestQuestion(
                    campaign_id=world.campaign, number=number, code=f"dang-{form.replace('_', '-')}", form=form,
                    made_at=some.made_at, topic="an-toan", difficulty=2,
                    text={"vi": f"Hỏi về {form}?", "en": f"Asked about {form}?"},
                    options=[{"code": c, "vi": f"Bên trái {c}", "en": f"Left {c}"} for c in parts["codes"]],
                    matches=[{"code": c, "vi": f"Bên phải {c}"} for c in parts.get("matches", "")],
                    key=parts["key"], explanation={"vi": f"{SECRET} {form}"}, source=SOURCE,
                    reading={"read_on": "2026-11-20", "verdict": "corrected", "note": {"vi": "GHI-CHU-SUA"}},
                )
            )  # fmt: skip


def bank(world: World, part: str = "") -> str:
    return f"/admin/campaigns/{world.campaign}/bank{part}"


def of(form: str) -> str:
    return f"/questions/dang-{form.replace('_', '-')}"


def row_of(world: World, form: str) -> ContestQuestion:
    with world.database.transaction(writes=False) as session:
        query = select(ContestQuestion).where(ContestQuestion.code == of(form).rsplit("/", 1)[1])
        return session.scalars(query.order_by(ContestQuestion.revision.desc())).first()  # type: ignore[return-value]


# --- who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_the_question_team_sees_a_question_its_key_and_its_reading_and_that_is_on_the_trail(
    quiet: World, form: str
) -> None:
    text = at_desk(quiet)("editor").get(bank(quiet, of(form))).text
    assert f"Hỏi về {form}?" in text
    assert f"Asked about {form}?" in text
    assert f"{SECRET} {form}" in text
    assert SOURCE in text
    assert "20/11/2026" in text
    assert "GHI-CHU-SUA" in text
    for code in FORMS[form]["codes"]:
        assert f"Bên trái {code}" in text
    (entry,) = trail(quiet, "question.read_key")
    assert (entry.is_read, entry.actor, entry.unit_id) == (True, quiet.staff["editor"], quiet.commune)
    assert entry.noun_id == str(row_of(quiet, form).id)


KEYLESS = ("", "?form=ordering", "?topic=an-toan", "/sample", *(of(form) for form in FORMS))


@pytest.mark.parametrize("state", ["draft", "scheduled", "open"])
def test_organisers_see_questions_without_anything_of_their_keys(
    app: NodeApp, database: Database, state: str
) -> None:
    world = plant(app, database, opened=state == "open")
    put_forms(world)
    if state == "draft":
        with world.database.transaction() as session:
            session.get_one(Campaign, world.campaign).state = "draft"
    client = at_desk(world)("an")
    for part in KEYLESS:
        answer = client.get(bank(world, part))
        assert answer.status_code == 200
        for secret in (SECRET, SOURCE, "GHI-CHU-SUA", "Vì thế.", 'data-testid="key"'):
            assert secret not in answer.text, f"{part} tells {secret}"
    assert client.get(bank(world, of("single") + "/edit")).status_code == 403
    assert trail(world, "question.read_key") == []


def test_a_question_for_organisers_does_not_betray_its_order_by_the_order_it_stands_in(quiet: World) -> None:
    client = at_desk(quiet)("an")
    seen = set()
    for _ in range(8):
        text = client.get(bank(quiet, of("ordering"))).text
        seen.add("".join(re.findall(r"<li>Bên trái (\w)</li>", text)))
    assert len(seen) > 1
    with quiet.database.transaction(writes=False) as session:
        assert (
            session.scalars(select(ContestQuestion).where(ContestQuestion.form == "ordering")).one().key
            == "a,b,c,d"
        )


def test_keys_open_to_organisers_once_every_round_is_settled(world: World, desk: Desk) -> None:
    put_forms(world)
    settle(world)
    text = desk("an").get(bank(world, of("single"))).text
    assert f"{SECRET} single" in text
    assert "Bên trái c" in text.split('data-testid="key"')[1]
    assert len(trail(world, "question.read_key")) == 1


def test_a_round_still_to_come_keeps_them_shut(world: World, desk: Desk) -> None:
    put_forms(world)
    settle(world)
    another_round(world)
    assert SECRET not in desk("an").get(bank(world, of("single"))).text
    with world.database.transaction() as session:
        session.get_one(Campaign, world.campaign).state = "closed"
    assert SECRET in desk("an").get(bank(world, of("single"))).text


def another_round(world: World) -> None:
    with world.database.transaction() as session:
        session.get_one(Campaign, world.campaign).state = "running"
        first = session.get_one(Activity, world.activity)
        opens, closes = clock.now() + timedelta(days=9), clock.now() + timedelta(days=20)
        phase = Phase(
            campaign_id=world.campaign, number=2, title=first.title, opens_at=opens, closes_at=closes
        )
        session.add(phase)
        session.flush()
        session.add(
            Activity(
                campaign_id=world.campaign, phase_id=phase.id, code="dot-2", kind="contest", title=first.title,
                rules=first.rules, settings=first.settings, opens_at=opens, closes_at=closes,
            )
        )  # fmt: skip


@pytest.mark.parametrize("who", ["head", "inspector", "dpo", "operator", "office", "releaser", "far"])
def test_nobody_else_comes_near_the_bank(quiet: World, who: str) -> None:
    client = at_desk(quiet)(who)
    for part in ("", "/sample", of("single"), of("single") + "/edit"):
        assert client.get(bank(quiet, part)).status_code == 403, part
    assert bank(quiet) not in client.get("/admin/").text
    assert client.post(bank(quiet, of("single") + "/edit")).status_code == 403


# --- looking for questions --------------------------------------------------------------------------------------------


def test_filters_count_and_narrow(quiet: World) -> None:
    client = at_desk(quiet)("editor")

    def found(query: str) -> int:
        return client.get(bank(quiet, query)).text.count('data-testid="question-row"')

    assert found("") == 12
    assert found("?topic=an-toan") == 5
    assert found("?form=ordering") == 1
    assert found("?topic=thu&difficulty=1") == 7
    assert found("?topic=thu&difficulty=3") == 0
    assert found("?reading=none") == 7
    assert found("?form=la-lung&difficulty=99&page=99") == 12


def test_a_sample_paper_is_drawn_as_contestants_get_theirs(quiet: World) -> None:
    client = at_desk(quiet)("an")
    text = client.get(bank(quiet, "/sample?seed=00000000-0000-0000-0000-000000000007")).text
    assert text.count('data-testid="sample-question"') == 5
    again = client.get(bank(quiet, "/sample?seed=00000000-0000-0000-0000-000000000007")).text
    assert re.findall(r"questions/([\w-]+)", text) == re.findall(r"questions/([\w-]+)", again)
    others = {
        tuple(re.findall(r"questions/([\w-]+)", client.get(bank(quiet, "/sample")).text)) for _ in range(4)
    }
    assert len(others) > 1


def test_a_question_that_is_not_there_is_not_found(quiet: World) -> None:
    client = at_desk(quiet)("editor")
    assert client.get(bank(quiet, "/questions/khong-co")).status_code == 404
    assert client.get(bank(quiet, "/questions/khong-co/edit")).status_code == 404


# --- editing ----------------------------------------------------------------------------------------------------------


def form_of(row: ContestQuestion, **typed: str) -> dict[str, Any]:
    """The form as it would be sent unchanged, with a few fields typed anew."""
    sent: dict[str, Any] = {
        "revision": str(row.revision), "topic": row.topic, "difficulty": str(row.difficulty), "source": row.source,
    }  # fmt: skip
    for name in ("text", "explanation"):
        words = getattr(row, name)
        sent |= {f"{name}-vi": words["vi"], f"{name}-en": words.get("en", "")}
    for side, name in ((row.options, "option"), (row.matches or [], "match")):
        for one in side:
            sent |= {f"{name}-{one['code']}-vi": one["vi"], f"{name}-{one['code']}-en": one.get("en", "")}
    parts = row.key.split(",")
    if row.form == "ordering":
        sent |= {f"place-{code}": str(at) for at, code in enumerate(parts, start=1)}
    elif row.form == "matching":
        sent |= {f"pair-{part[0]}": part[2] for part in parts}
    else:
        sent["key"] = parts
    return sent | typed


NEW_KEYS: dict[str, tuple[dict[str, Any], str]] = {
    "single": ({"key": ["a"]}, "a"),
    "several": ({"key": ["d", "a", "b"]}, "a,b,d"),
    "true_false": ({"key": ["t"]}, "t"),
    "ordering": ({"place-a": "4", "place-b": "3", "place-c": "2", "place-d": "1"}, "d,c,b,a"),
    "matching": ({"pair-a": "2", "pair-b": "1"}, "a:2,b:1,c:3"),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_edit_is_the_next_revision_and_the_one_before_stays(quiet: World, form: str) -> None:
    client, (typed, key) = at_desk(quiet)("editor"), NEW_KEYS[form]
    before = row_of(quiet, form)
    sent = (
        form_of(before, **{"text-vi": "Câu đã sửa?", "option-" + FORMS[form]["codes"][0] + "-vi": "Mới"})
        | typed
    )
    answer = client.post(bank(quiet, of(form) + "/edit"), data=sent)
    assert answer.status_code == 302, answer.text
    after = row_of(quiet, form)
    assert (after.revision, after.key, after.text["vi"], after.options[0]["vi"]) == (
        2,
        key,
        "Câu đã sửa?",
        "Mới",
    )
    assert after.matches == before.matches
    text = client.get(bank(quiet, of(form))).text
    assert text.count('data-testid="revision"') == 2
    assert "Đã đổi: câu hỏi, phương án, đáp án" in text
    assert "Bản này chưa có người thứ hai đọc lại." in text
    assert f"Hỏi về {form}?" in text, "the first revision is still there to be read"
    assert trail(quiet, "question.revise")[0].reason == after.code


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ("single", {"text-vi": ""}), ("single", {"option-a-vi": " "}), ("single", {"source": ""}),
        ("single", {"explanation-vi": ""}), ("single", {"option-a-vi": "bên trái  B"}), ("single", {"key": []}),
        ("single", {"key": ["a", "b"]}), ("single", {"key": ["x"]}), ("several", {"key": ["a"]}),
        ("several", {"key": ["a", "b", "c", "d"]}), ("ordering", {"place-a": "2"}), ("matching", {"pair-a": "2"}),
        ("matching", {"pair-a": ""}), ("single", {"text-vi": "x" * 1001}),
    ],
)  # fmt: skip
def test_what_is_incomplete_or_has_no_right_key_is_refused_and_what_was_typed_stays(
    quiet: World, form: str, wrong: dict[str, Any]
) -> None:
    client, before = at_desk(quiet)("editor"), row_of(quiet, form)
    sent = form_of(before, **{"explanation-en": "Typed with care."}) | wrong
    answer = client.post(bank(quiet, of(form) + "/edit"), data=sent)
    assert answer.status_code == 400
    assert 'data-testid="problem"' in answer.text
    assert "Typed with care." in answer.text
    assert row_of(quiet, form).revision == 1


def test_of_two_editors_the_second_sees_the_newer_text_beside_the_own(quiet: World) -> None:
    one, two = at_desk(quiet)("editor"), at_desk(quiet)("editor")
    seen = row_of(quiet, "single")
    assert (
        one.post(
            bank(quiet, of("single") + "/edit"), data=form_of(seen, **{"text-vi": "Bản của người thứ nhất?"})
        ).status_code
        == 302
    )
    late = two.post(
        bank(quiet, of("single") + "/edit"),
        data=form_of(seen, **{"text-vi": "Bản của người thứ hai?"}, source="nguồn hai"),
    )
    assert late.status_code == 409
    other, form = late.text.split('id="edit"')
    assert "Bản của người thứ nhất?" in other
    assert "Bản của người thứ hai?" in form
    assert "nguồn hai" in form
    assert 'name="revision" value="2"' in form
    assert row_of(quiet, "single").text["vi"] == "Bản của người thứ nhất?", "nothing overwritten"
    again = form_of(row_of(quiet, "single"), **{"text-vi": "Bản của người thứ hai?"})
    assert two.post(bank(quiet, of("single") + "/edit"), data=again).status_code == 302
    assert row_of(quiet, "single").revision == 3


def test_of_two_at_the_same_moment_one_is_told(quiet: World) -> None:
    desk, seen = at_desk(quiet), row_of(quiet, "single")
    clients, ready, answers = [desk("editor"), desk("editor")], threading.Barrier(2), []

    def save(client: Any, words: str) -> None:
        ready.wait()
        answers.append(
            client.post(
                bank(quiet, of("single") + "/edit"), data=form_of(seen, **{"text-vi": words})
            ).status_code
        )

    threads = [threading.Thread(target=save, args=(c, f"Bản {n}?")) for n, c in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]
    assert row_of(quiet, "single").revision == 2


def test_while_a_round_runs_the_bank_stands_still_and_says_so(world: World, desk: Desk) -> None:
    put_forms(world)
    client = desk("editor")
    assert 'data-testid="frozen"' in client.get(bank(world)).text
    text = client.get(bank(world, of("single"))).text
    assert 'data-testid="edit-question"' not in text
    assert SECRET in text, "the question team still reads keys"
    answer = client.post(
        bank(world, of("single") + "/edit"), data=form_of(row_of(world, "single"), **{"text-vi": "Sửa lén?"})
    )
    assert answer.status_code == 409
    assert "đợi chốt kết quả" in answer.text
    assert "Sửa lén?" in answer.text
    assert row_of(world, "single").revision == 1
    settle(world)
    assert (
        client.post(
            bank(world, of("single") + "/edit"),
            data=form_of(row_of(world, "single"), **{"text-vi": "Sửa đúng lúc?"}),
        ).status_code
        == 302
    )


def test_an_edited_bank_still_draws_and_marks(quiet: World) -> None:
    client = at_desk(quiet)("editor")
    for form in FORMS:
        client.post(bank(quiet, of(form) + "/edit"), data=form_of(row_of(quiet, form)) | NEW_KEYS[form][0])
    for form in FORMS:
        row = row_of(quiet, form)
        options = "".join(option["code"] for option in row.options)
        matches = "".join(match["code"] for match in row.matches or [])
        assert rules.canonical(row.form, options, matches, row.key) == row.key  # type: ignore[arg-type]


def test_a_picture_is_shown_with_what_is_to_be_seen_on_it(quiet: World) -> None:
    with quiet.database.transaction() as session:
        session.add(
            CampaignPicture(
                campaign_id=quiet.campaign, name="hinh.png", digest="d" * 64, media_type="image/png",
                alt={"vi": "Màn hình VNeID", "en": "The VNeID screen"}, body=b"x",
            )
        )  # fmt: skip
        row = session.scalars(select(ContestQuestion).where(ContestQuestion.code == "dang-single")).one()
        row.picture = "hinh.png"
    text = at_desk(quiet)("an").get(bank(quiet, of("single"))).text
    assert text.count(f'src="/hinh/{"d" * 64}"') == 2
    assert 'alt="Màn hình VNeID"' in text
    assert 'alt="The VNeID screen"' in text
