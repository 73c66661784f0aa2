"""Initiatives for everybody's phone: the gallery, look-alikes while typing, and what an invitation is about."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from backend import clock
from campaigns.initiative import discussion, intake
from campaigns.initiative.models import Initiative
from campaigns.initiative.schemas import InitiativeSettings
from tests.support.initiatives import Year, hand_in, small, text, year_of_initiatives
from tests.support.world import World

AT_ONCE = InitiativeSettings(publish_after_days=0)


@pytest.fixture
def year(world: World) -> Year:
    return year_of_initiatives(world)


def published(year: Year, **more: Any) -> str:
    """A small idea of Bình's that everybody may see."""
    one = hand_in(year.binh, small(**more))
    year.at_console(one, lambda s, _a, r: intake.note_small(s, AT_ONCE, r, "Cảm ơn.", year.secretary))
    return one


def shelf(year: Year, query: str = "", **headers: str) -> dict[str, Any]:
    path = f"/api/v1/initiatives/{year.activity}{query}"
    answer = year.an.client.get(path, headers=year.an.headers | headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def titles(year: Year, query: str = "") -> list[str]:
    return [card["title"] for card in shelf(year, query)["initiatives"]]


def one_of(year: Year, initiative: str, phone: Any = None) -> Any:
    return (phone or year.an).get(f"/initiatives/{year.activity}/{initiative}")


# --- the gallery --------------------------------------------------------------------------------------------------


def test_only_what_is_published_stands_in_the_gallery(year: Year) -> None:
    published(year)
    hand_in(year.binh, small(title="Chưa ai xem"))
    year.binh.do("initiative.write", small(title="Bản nháp"))
    assert titles(year) == ["Treo lịch chữ to"]


def test_what_will_be_published_is_not_there_before_its_day(year: Year) -> None:
    one = published(year)

    def later(_s: Any, _a: Any, row: Initiative) -> None:
        row.public_from = clock.now() + timedelta(days=1)

    year.at_console(one, later)
    assert titles(year) == []
    assert one_of(year, one).status_code == 404


def test_the_gallery_names_nobody_who_did_not_agree_in_the_readers_language(year: Year) -> None:
    one = published(year)
    assert [card["authors"] for card in shelf(year)["initiatives"]] == [["Một tác giả"]]
    assert "Bình" not in one_of(year, one).text
    year.binh.agree("publish_name")
    assert one_of(year, one).json["card"]["authors"] == ["Bình"]


@pytest.mark.parametrize("typed", ["treo lich", "LỊCH chữ", "SK-0001", "to treo"])
def test_it_is_searched_by_words_of_the_title_or_the_number_without_marks(year: Year, typed: str) -> None:
    published(year)
    published(year, title="Phơi chè dưới mái che", problem="Mưa bất chợt.", solution="Kéo bạt.")
    assert titles(year, f"?q={typed}") == ["Treo lịch chữ to"]


def test_what_is_not_published_is_not_found_either(year: Year) -> None:
    hand_in(year.binh, small())
    assert titles(year, "?q=treo lich") == []


def test_it_comes_in_pages_and_by_track(year: Year) -> None:
    for number in range(31):
        published(year, title=f"Cách làm {number}")
    first, second = shelf(year), shelf(year, "?page=2")
    assert (len(first["initiatives"]), first["more"]) == (30, True)
    assert (len(second["initiatives"]), second["more"]) == (1, False)
    assert not {card["id"] for card in first["initiatives"]} & {card["id"] for card in second["initiatives"]}
    assert titles(year, "?track=formal") == []
    assert len(titles(year, "?track=small")) == 30


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?track=big", "?q=" + "a" * 201, "?q=%00"])
def test_a_query_that_does_not_fit_is_told_so(year: Year, query: str) -> None:
    answer = year.an.get(f"/initiatives/{year.activity}{query}")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


# --- one of them --------------------------------------------------------------------------------------------------


def test_one_is_read_whole_with_what_this_reader_did(year: Year) -> None:
    one = published(year)
    year.an.do("initiative.endorse", {"initiative": one, "yes": True})
    word = str(uuid.uuid4())
    year.an.do("initiative.comment", {"comment": word, "initiative": one, "words": "Xóm tôi cũng cần"})
    told = one_of(year, one).json
    assert (told["endorsed"], told["here"], told["card"]["endorsements"]) == (True, True, 1)
    assert [(said["words"], said["mine"]) for said in told["comments"]] == [("Xóm tôi cũng cần", True)]
    other = one_of(year, one, year.chau).json
    assert (other["endorsed"], other["comments"][0]["mine"]) == (False, False)


def test_why_a_word_was_taken_down_is_told_to_its_writer_alone(year: Year) -> None:
    one, word = published(year), str(uuid.uuid4())
    year.an.do("initiative.comment", {"comment": word, "initiative": one, "words": "Nói bậy"})
    by = year.secretary.person
    year.with_session(lambda s: discussion.hide(s, uuid.UUID(word), "Lời lẽ xúc phạm", by))
    (own,) = one_of(year, one).json["comments"]
    assert (own["words"], own["why"]) == ("Nói bậy", "Lời lẽ xúc phạm")
    (others,) = one_of(year, one, year.chau).json["comments"]
    assert (others["words"], others["hidden"], others["why"]) == (None, True, None)


def test_nobody_reads_anothers_that_is_not_published(year: Year) -> None:
    one = hand_in(year.binh, text())
    assert [one_of(year, one, phone).status_code for phone in (year.an, year.binh)] == [404, 404]


def test_all_of_it_is_for_the_signed_in_and_of_a_year_of_initiatives(world: World) -> None:
    contest = world.activity
    year = year_of_initiatives(world)
    paths = ("", f"/{uuid.uuid4()}", f"/invitations/{uuid.uuid4()}")
    for path in paths:
        assert world.client().get(f"/api/v1/initiatives/{year.activity}{path}").status_code == 401
        for other in (contest, uuid.uuid4()):
            assert year.an.get(f"/initiatives/{other}{path}").json["code"] == "activity_unknown"
    typed = {"text": "abc"}
    assert world.client().post(f"/api/v1/initiatives/{year.activity}/alike", json=typed).status_code == 401
    for other in (contest, uuid.uuid4()):
        answer = year.an.post(f"/initiatives/{other}/alike", json=typed)
        assert answer.json["code"] == "activity_unknown"


# --- while typing -------------------------------------------------------------------------------------------------


def alike(year: Year, typed: str) -> TestResponse:
    return year.an.post(f"/initiatives/{year.activity}/alike", json={"text": typed})


def test_published_ones_like_the_words_being_typed_are_told(year: Year) -> None:
    published(
        year, problem="Bà con đến ủy ban không biết hôm nay ai trực.", solution="In lịch chữ to treo ở cổng."
    )
    hand_in(year.chau, small(title="Bà con đến ủy ban không biết hôm nay ai trực"))
    found = alike(year, "ba con den uy ban khong biet hom nay ai truc, in lich chu to treo o cong").json[
        "alike"
    ]
    assert [row["title"] for row in found] == ["Treo lịch chữ to"]
    assert set(found[0]) == {"id", "code", "title", "score"}
    assert alike(year, "Nuôi ong lấy mật trên đồi chè cổ thụ").json["alike"] == []
    assert alike(year, "a" * 1001).status_code == 422


def test_words_being_typed_never_travel_in_an_address(year: Year) -> None:
    asked = year.an.get(f"/initiatives/{year.activity}/alike?text=Bà con đến ủy ban")
    assert asked.status_code == 405
    assert year.an.post(f"/initiatives/{year.activity}/alike?text=Bà con đến ủy ban").status_code in (
        415,
        422,
    )


# --- an invitation ------------------------------------------------------------------------------------------------


def test_whoever_is_shown_an_invitation_reads_title_and_share_before_saying_yes(year: Year) -> None:
    invitation = str(uuid.uuid4())
    one = hand_in(year.binh, text(share=60, others=[{"id": invitation, "name": "Chị An", "share": 40}]))
    path = f"/initiatives/{year.activity}/invitations/{invitation}"
    assert year.an.get(path).json == {
        "title": "Phiếu hỏi ba câu trước khi xuống xã", "share": 40, "by": "Bình", "name": "Chị An", "answered": False,
    }  # fmt: skip
    year.an.do("initiative.author", {"author": invitation, "agrees": True})
    assert year.chau.get(path).json["answered"] is True
    year.binh.do("initiative.withdraw", {"initiative": one, "words": ""})
    assert year.chau.get(path).status_code == 404


def test_the_card_says_in_short_what_is_taken(year: Year) -> None:
    told = year.an.get(f"/activities/{year.activity}").json
    assert told["in_short"] == {"small_track": True, "authors": 5}
