"""Templates that offices bring in: read with their lines, kept as versions, in force on the issuer's line from a day on."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import parse
from backend.cards import (
    actions,
    adopting,
    canonical,
    issuing,
    queries,
    revisions,
    store,
    template_reading,
    template_sheet,
    templates,
    verify,
)
from backend.cards.errors import (
    NotForThisUnit,
    NothingNewer,
    TemplateAsItIs,
    TemplateBackdated,
    TemplateInvalid,
    TemplateOfAbove,
    TemplateOfProduct,
    TemplateRatesItself,
)
from backend.cards.models import CardFreeze, CardTemplateIssue
from backend.cards.standings import standings
from backend.safeguards.audit import OPERATOR
from campaigns.registry import measure_book
from tests.cards.book import AGAIN, MONTH, PUBLISHED, many, opened, published, write
from tests.support.world import World

EXAMPLE = Path(template_reading.__file__).parent / "examples" / "chuyen-doi-so-xa.yaml"
SINCE = date(2026, 10, 1)
OCTOBER = datetime(2026, 10, 5, 3, tzinfo=UTC)


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


def changed(**more: Any) -> dict[str, Any]:
    """The shipped template with another title, or more."""
    data: dict[str, Any] = yaml.safe_load((templates.SHIPPED / "xa-thang-2.yaml").read_text(encoding="utf-8"))
    return data | {"title": {"vi": "Phiếu của tỉnh", "en": "The province's"}} | more


def issued(session: Session, unit: uuid.UUID, data: dict[str, Any], since: date = SINCE) -> CardTemplateIssue:
    """Brought in while October runs."""
    with clock.stopped_at(OCTOBER):
        return issuing.issue(session, unit, data, since, OPERATOR)


def of_one(most: int, *others: int, **more: Any) -> dict[str, Any]:
    """A template of criteria that people score; the first gives `most`."""
    rows = [
        {"code": f"tc-{number}", "title": {"vi": f"Tiêu chí {number}"}, "most": points, "series": "declared"}
        for number, points in enumerate([most, *others], start=1)
    ]
    return changed(
        groups=[{"code": "tat-ca", "title": {"vi": "Tất cả"}, "weight": 100, "criteria": rows}], **more
    )


# --- reading --------------------------------------------------------------------------------------------------------


def test_the_example_that_comes_along_may_be_brought_in_and_is_marked_unconfirmed() -> None:
    found = template_reading.check(EXAMPLE.read_text(encoding="utf-8"), measure_book())
    assert found.problems == []
    assert found.template is not None
    assert (found.template.is_preset, found.template.is_trial, found.template.interval) == (
        True,
        True,
        "year",
    )


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("        most: 25\n        indicator", "        most: 30\n        indicator", "dòng 25, nhóm tham-gia: điểm các tiêu chí cộng lại là 45"),
        ("        target: 120\n", "", "dòng 54, tiêu chí ho-da-den: thiếu chỉ tiêu để cho điểm"),
        ('title: {vi: "Hộ đã đến", en: "Households visited"}', "most: 20", "tiêu chí ho-da-den: thiếu title"),
        ("groups:", "nhom:", "thiếu groups"),
        ("template: xa-thang", "template: [", "không đọc được"),
        ("template: xa-thang", "template: &a xa-thang\nb: *a", "tệp không đọc được"),
        ("kind: linear, cap: 1", "kind: steps", "không đúng kiểu"),
        ("unit_kind: commune", "unit_kind: hamlet", "xóm, tổ dân phố chỉ có phiếu so sánh"),
        ("code: du-thi", "code: Dự thi", "mã chỉ gồm chữ thường"),
        ("rules: cards/2", "rules: cards/9", "không có cách tính cards/9"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line_or_criterion(was: str, now: str, told: str) -> None:
    text = (templates.SHIPPED / "xa-thang-2.yaml").read_text(encoding="utf-8")
    assert was in text
    found = template_reading.check(text.replace(was, now, 1), measure_book())
    assert found.template is None
    assert any(told in problem for problem in found.problems), found.problems


@pytest.mark.parametrize(
    "text", ["", "- a", "[" * 5000, "x" * 300_000, "a: b", "groups: [1]\ntemplate: a\ntitle: b"]
)
def test_whatever_is_handed_in_is_a_clear_refusal(text: str) -> None:
    found = template_reading.check(text)
    assert found.template is None
    assert found.problems


ROWS = """Nhóm,Tiêu chí,Điểm,Cách tính,Chỉ tiêu,Mã chỉ tiêu kế hoạch,Bắt buộc minh chứng
Tham gia,Người dân dự thi,"32,5",contest_participation,10,XA-THI,
Tham gia,Hộ đã đến,"27,5",visit_households,120,,
Công khai,Niêm yết kết quả,40,,,,có
"""


def test_a_table_of_criteria_becomes_a_template() -> None:
    frame = templates.newest("xa-thang")
    data, wrong = template_sheet.read(ROWS.encode(), "tieu-chi.csv", "tieu-chi-xa", "Bộ tiêu chí xã", frame)
    assert wrong == []
    made = template_reading.check_data(data, measure_book()).template
    assert made is not None
    assert [(one.code, str(one.most), one.series) for one in made.criteria] == [
        ("nguoi-dan-du-thi", "32.5", "measured"), ("ho-da-den", "27.5", "measured"), ("niem-yet-ket-qua", "40", "declared"),
    ]  # fmt: skip
    assert made["nguoi-dan-du-thi"].target_indicator == "XA-THI"
    assert made["niem-yet-ket-qua"].must_have_evidence
    assert (made.is_preset, made.is_trial, made.rules) == (True, True, "cards/2")


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('"32,5"', "nhiều", "dòng 2: điểm “nhiều” không phải là số"),
        ("Hộ đã đến", "", "dòng 3: thiếu tiêu chí"),
        (",,,có", ",,,vâng", "dòng 4: cột bắt buộc minh chứng"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(was: str, now: str, told: str) -> None:
    frame = templates.newest("xa-thang")
    _, wrong = template_sheet.read(ROWS.replace(was, now, 1).encode(), "a.csv", "a", "A", frame)
    assert any(told in one for one in wrong), wrong


# --- which one holds ------------------------------------------------------------------------------------------------


def test_what_the_province_issued_holds_below_it_from_its_day_on(world: World, session: Session) -> None:
    before = opened(session, world, parse("thang", "202609"))
    row = issued(session, world.province, changed())
    assert row.version == 3
    card = opened(session, world)
    assert store.template_with(session, card.template_sha).version == 3
    assert store.template_with(session, before.template_sha).version == 2
    august = opened(session, world, parse("thang", "202608"))
    assert store.template_with(session, august.template_sha).version == 2, "not in force then"
    assert sorted(session.scalars(select(CardFreeze.period))) == ["202608", "202609"], (
        "what is issued needs no freezing"
    )


def test_below_a_province_that_issued_it_a_commune_brings_in_no_version_of_its_own(
    world: World, session: Session
) -> None:
    issued(session, world.province, changed())
    with pytest.raises(TemplateOfAbove):
        issued(session, world.commune, changed(trial=False))
    issued(session, world.commune, changed(template="cua-xa"))


def test_the_highest_issuer_goes_first_so_that_all_who_are_compared_are_judged_alike(
    world: World, session: Session
) -> None:
    issued(session, world.commune, changed(template="cua-xa"))
    issued(session, world.province, changed(template="cua-xa", trial=False))
    issued(session, world.far_commune, changed(title={"vi": "Xa", "en": "Far"}, template="khac"))
    assert store.template_in_force(session, "cua-xa", MONTH, world.commune).is_trial is False


def test_the_same_content_is_no_new_version_and_a_wrong_one_is_none_at_all(
    world: World, session: Session
) -> None:
    issued(session, world.province, changed())
    with pytest.raises(TemplateAsItIs):
        issued(session, world.province, changed())
    with pytest.raises(TemplateInvalid):
        issued(session, world.province, changed(kind="rating"))


def test_a_document_fixes_a_preset_as_a_new_version(world: World, session: Session) -> None:
    document = {"number": "15/QĐ-UBND", "date": "2026-09-30", "issued_by": "UBND tỉnh"}
    with clock.stopped_at(OCTOBER):
        issuing.confirm(
            session, world.province, templates.newest("xa-thang"), document, SINCE, OPERATOR, ends_trial=True
        )
    write(session, many(world.hamlet, 12))
    view = queries.view_of(session, opened(session, world))
    assert (view.is_preset, view.is_trial, view.template_version) == (False, False, 3)
    assert view.confirmed_by == document


def test_an_open_card_goes_over_with_a_reason_and_what_was_published_stays(
    world: World, session: Session
) -> None:
    write(session, many(world.hamlet, 7))
    card = opened(session, world)
    with pytest.raises(NothingNewer), clock.stopped_at(PUBLISHED):
        adopting.adopt_template(session, card.id, OPERATOR, "Không có gì mới cả")
    first = published(session, card)
    issued(session, world.province, changed())
    with clock.stopped_at(datetime(2026, 11, 10, tzinfo=UTC)):
        adopting.adopt_template(session, card.id, OPERATOR, "Tỉnh ban hành mẫu mới")
    second = published(session, card, AGAIN, "Áp dụng mẫu phiếu mới của tỉnh")
    assert first.template_sha != second.template_sha
    assert verify.verify(session) == []


def test_after_a_card_went_over_to_a_shipped_version_those_opened_later_begin_with_it(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(templates, "newest", lambda code: templates.shipped_version(code, 1))
        card = opened(session, world)
    adopting.adopt_template(session, card.id, OPERATOR, "Bản mới của phần mềm")
    assert opened(session, world, unit=world.far_commune).template_sha == card.template_sha


def test_a_card_of_a_year_follows_its_template(world: World, session: Session) -> None:
    data = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    issued(session, world.province, data, date(2026, 1, 1))
    write(session, many(world.hamlet, 21, day=date(2026, 3, 5), received=datetime(2026, 3, 6, tzinfo=UTC)))
    with clock.stopped_at(datetime(2026, 10, 20, tzinfo=UTC)):
        card = actions.open_card(session, world.commune, "chuyen-doi-so-xa", parse("thang", "2026"), OPERATOR)
        assert queries.view_of(session, card).criteria[0].value == 30
        with pytest.raises(NotForThisUnit):
            actions.open_card(session, world.commune, "chuyen-doi-so-xa", MONTH, OPERATOR)


# --- nobody is its own judge ----------------------------------------------------------------------------------------


def test_a_unit_brings_in_no_version_of_what_all_share_and_none_that_rates_itself(
    world: World, session: Session
) -> None:
    with pytest.raises(TemplateOfProduct):
        issued(session, world.commune, changed())
    with pytest.raises(TemplateRatesItself):
        issued(session, world.commune, changed(template="cua-xa", trial=False))
    own = issued(session, world.commune, changed(template="cua-xa"))
    document = {"number": "15/QĐ-UBND", "date": "2026-09-30", "issued_by": "UBND xã"}
    told, shipped = store.template_with(session, own.template_sha), templates.newest("xa-thang")
    with clock.stopped_at(OCTOBER):
        with pytest.raises(TemplateOfProduct):
            issuing.confirm(session, world.commune, shipped, document, SINCE, OPERATOR, ends_trial=False)
        with pytest.raises(TemplateRatesItself):
            issuing.confirm(session, world.commune, told, document, SINCE, OPERATOR, ends_trial=True)
        issuing.confirm(session, world.commune, told, document, SINCE, OPERATOR, ends_trial=False)
        issuing.confirm(session, world.province, told, document, SINCE, OPERATOR, ends_trial=True)


def test_what_is_brought_in_holds_for_no_period_that_is_over(world: World, session: Session) -> None:
    with pytest.raises(TemplateBackdated) as refused:
        issued(session, world.province, changed(), date(2026, 9, 30))
    assert refused.value.values["day"] == "01/10/2026"
    with pytest.raises(TemplateBackdated):
        issued(
            session, world.province, yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")), date(2025, 12, 31)
        )
    issued(session, world.province, changed(), date(2026, 10, 1))


def test_points_above_the_new_most_count_no_more_and_it_is_said(world: World, session: Session) -> None:
    issued(session, world.province, of_one(100, trial=False))
    card = opened(session, world)
    with clock.stopped_at(PUBLISHED):
        actions.self_score(session, card.id, {"tc-1": (Decimal(80), "Sổ")}, OPERATOR)
        actions.official_score(session, card.id, {"tc-1": (Decimal(80), "Đủ")}, OPERATOR)
    with clock.stopped_at(AGAIN):
        first = published(session, card, AGAIN)
    issued(session, world.province, of_one(40, 60, trial=False))
    with clock.stopped_at(datetime(2026, 11, 13, tzinfo=UTC)):
        adopting.adopt_template(session, card.id, OPERATOR, "Tỉnh ban hành mẫu mới")
        assert card.appeal_until == date(2026, 11, 23), "scored by other rules, it may contest anew"
    second = published(session, card, datetime(2026, 11, 14, tzinfo=UTC), "Áp dụng mẫu phiếu mới của tỉnh")
    was, now = (canonical.read(one.payload) for one in (first, second))
    assert (was["total"]["points"], now["total"]["points"], now["class"]) == ("80", "0", None)
    row = now["groups"][0]["criteria"][0]
    assert (row["self"], row["official"], row["points"]) == (None, None, None)
    marks = {mark["code"]: mark["values"] for mark in row["marks"]}
    assert marks["official_above_most"] == {"points": "80", "most": "40"}
    assert "self_above_most" in marks
    because = next(one.because for one in revisions.changes(second) if one.criterion == "tc-1")
    assert [one["code"] for one in because] == ["above_most", "template"]
    steps = {one.step: one.reason for one in queries.steps_of(session, card.id)}
    assert steps["dropped"] == "Tiêu chí 1"
    with clock.stopped_at(datetime(2026, 11, 15, tzinfo=UTC)):
        actions.official_score(
            session, card.id, {"tc-1": (Decimal(40), "Đủ"), "tc-2": (Decimal(55), "Khá")}, OPERATOR
        )
    third = canonical.read(published(session, card, datetime(2026, 11, 16, tzinfo=UTC)).payload)
    assert (third["total"]["percent"], third["class"]) == ("95", "xuat-sac")
    assert verify.verify(session) == []


def test_a_class_is_named_by_the_template_it_was_published_by(world: World, session: Session) -> None:
    def classes(title: str) -> list[dict[str, Any]]:
        return [
            {"code": "tot", "title": {"vi": title}, "from": 70},
            {"code": "chua", "title": {"vi": "Chưa"}, "from": 0},
        ]

    issued(session, world.province, of_one(100, trial=False, classes=classes("Tốt lúc ấy")))
    card = opened(session, world)
    with clock.stopped_at(PUBLISHED):
        actions.official_score(session, card.id, {"tc-1": (Decimal(80), "Đủ")}, OPERATOR)
    published(session, card, AGAIN)
    issued(session, world.province, of_one(100, trial=False, classes=classes("Tốt về sau")))
    found = standings(session, [world.commune], "xa-thang", MONTH)[world.commune]
    assert found.class_title == {"vi": "Tốt lúc ấy"}
