"""A pack with a `common` section: what it must say, and that nobody plays a common contest without one."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from campaigns.contest.turn import NothingCommon, check_opening
from campaigns.models import Activity
from campaigns.pack import PackInvalid, read_pack
from tests.support.contest import choose
from tests.support.world import World

SHIPPED = Path(__file__).parents[2] / "campaigns" / "packs" / "thi-chung-toan-tinh"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "goi"))


def change(pack: Path, before: str, after: str) -> list[str]:
    """The sentences that refuse the pack after this change."""
    main = pack / "pack.yaml"
    text = main.read_text(encoding="utf-8")
    assert before in text
    main.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(PackInvalid) as refused:
        read_pack(pack)
    return [error.sentence for error in refused.value.errors]


def test_the_shipped_common_pack_holds_enough_questions_of_every_sort_each_with_its_source() -> None:
    read = read_pack(SHIPPED)
    questions = read.parts["contest"].questions
    assert read.common is not None
    assert (read.common.organiser.vi, read.common.finalists) == ("Ban Tổ chức cuộc thi cấp tỉnh", 10)
    assert len(questions) >= 20
    assert all(len(one.told.source) > 20 and one.told.explanation.en for one in questions)
    assert set(Counter(one.told.form for one in questions)) == {
        "single",
        "several",
        "true_false",
        "ordering",
        "matching",
    }
    single = Counter(one.key for one in questions if one.told.form == "single")
    assert max(single.values()) <= 2 * min(single.values()), "no letter is right twice as often as another"
    assert len({activity.code for activity in read.activities}) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pack: thi-chung-toan-tinh", f"pack: {'a' * 51}"), ("code: dot-2", "code: so-0912345678"),
        ('begins: "2026-11-30"', 'begins: "ba mươi"'), ("finalists: 10", "finalists: 51"),
        ("  wait_hours: 72", "  wait_hours: 0"), ("line: state", "line: quan-doi"), ("  entry_days: 7", "  thuong: 7"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_it_is_told(pack: Path, before: str, after: str) -> None:
    assert change(pack, before, after)


def test_guesses_over_all_communes_need_a_pack_from_above(world: World) -> None:
    choose(world, prediction=True, predict_over="common")
    with world.database.transaction() as session, pytest.raises(NothingCommon):
        check_opening(session, session.get_one(Activity, world.activity))
