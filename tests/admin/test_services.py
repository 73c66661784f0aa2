"""Services beyond the standard catalogue stand in every table under their own name, where anybody here knows it."""

import csv
import io

import pytest

from tests.admin.desk import Desk
from tests.support.visits import Field, in_the_field, met, new_household, visiting
from tests.support.world import World

OWN = [
    {"code": "vneid", "vi": "Định danh điện tử"},
    {"code": "farm_shop", "vi": "Gian hàng nông sản của xã", "en": "The commune's farm shop"},
]


@pytest.fixture
def field(world: World) -> Field:
    """An activity with a service of its own; helped with it, with one nobody here knows, and with something else."""
    made = in_the_field(world)
    visiting(world, services=OWN)
    for number in range(6):
        household = new_household(made.bich, nickname=f"nhà {number}")
        told = {
            "farm_shop": "installed",
            "vneid": "activated",
            "newer_pack": "explained",
            "other": "explained",
        }
        made.bich.do("visit.log", met(household, told))
    return made


def test_the_stage_table_names_them_in_order(field: Field, desk: Desk) -> None:
    text = desk("an").get(f"/admin/supervision?activity_id={field.world.activity}").text
    table = text[text.index("Số lượt người được hướng dẫn") :]
    places = [
        table.index(word)
        for word in ("Định danh điện tử", "Gian hàng nông sản của xã", "newer_pack", "Việc khác")
    ]
    assert places == sorted(places)
    assert table.count('data-testid="stage"') == 4


def test_the_export_has_a_column_for_each(field: Field, desk: Desk) -> None:
    answer = desk("an").get(f"/admin/supervision/export.csv?activity_id={field.world.activity}")
    (row,) = [
        row
        for row in csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
        if row["Hộ đã thăm"] != "0"
    ]
    assert row["Gian hàng nông sản của xã: đã cài đặt"] == "6"
    assert row["newer_pack: đã hướng dẫn"] == "6"
    assert row["Việc khác: đã hướng dẫn"] == "6"


def test_the_monthly_form_the_logbook_and_the_household_name_them(field: Field, desk: Desk) -> None:
    client = desk("an")
    for part in ("month", "logbook"):
        assert "Gian hàng nông sản của xã" in client.get(f"/admin/teams/{field.team}/{part}").text
    held = client.get(f"/admin/teams/{field.team}").text
    household = held[held.index("/admin/households/") :].split('"')[0]
    assert "Gian hàng nông sản của xã: đã cài đặt" in client.get(household).text


def test_another_activity_knows_the_name(field: Field, desk: Desk) -> None:
    visiting(field.world)
    household = new_household(field.bich, nickname="nhà sau")
    for _ in range(5):
        field.bich.do("visit.log", met(household, {"farm_shop": "explained"}))
    page = desk("an").get(f"/admin/supervision?activity_id={field.world.activity}").text
    assert "Gian hàng nông sản của xã" in page
