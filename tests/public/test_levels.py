"""What a level gave out, as anybody reads it: the page, the signed bytes, the table."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from backend import clock
from backend.db.engine import Database
from backend.http import NodeApp
from backend.levels import accepting, publishing, reading
from backend.levels.overview import overview
from backend.safeguards.audit import OPERATOR
from backend.units.queries import named
from tests.levels.told import ABOUT, NOW, Province, everybody, plant

HERE = "/tong-hop/19/xa-thang/state/thang/202611"


@pytest.fixture
def province(app: NodeApp, database: Database) -> Iterator[Province]:
    """Three of the communes were accepted and given out."""
    found = plant(app, database)
    everybody(found)
    with clock.stopped_at(NOW):
        give_out(found, "05908", "05917", "05953")
        yield found


def give_out(province: Province, *codes: str, reason: str = "") -> None:
    with province.database.transaction() as session:
        sheets = reading.sheets(session, ABOUT, codes)
        for code in codes:
            accepting.accept(session, ABOUT, code, sheets[code].told.digest, OPERATOR)
        level = named(session, province.level, clock.today())
        found = overview(session, level, ABOUT)
        publishing.publish(session, province.app.services.signer, level, found, reason, OPERATOR)


def get(province: Province, address: str, **headers: str) -> TestResponse:
    return province.app.test_client().get(address, headers={"Accept-Language": "vi"} | headers)


def test_everybody_reads_the_sums_the_leaders_and_who_is_missing(province: Province) -> None:
    page = get(province, HERE)
    assert page.status_code == 200
    text = page.text
    for words in (
        "Tỉnh Thái Nguyên",
        "Tháng 11/2026",
        "3 trên 8 đơn vị",
        "Xã Kha Sơn",
        "ẩn vì số người ít",
        "14.200",
    ):
        assert words in text, words
    assert "Xã Đại Phúc" in text[text.index("missing-units") :]
    assert "61,5" not in text, "points rate an office and are no open data"
    assert HERE in get(province, "/tong-hop").text
    assert "/tong-hop" in get(province, "/du-lieu-mo").text


def test_the_json_is_the_very_bytes_that_were_signed(province: Province) -> None:
    answer = get(province, f"{HERE}/so-lieu.json")
    assert hashlib.sha256(answer.data).hexdigest() in get(province, HERE).text
    assert answer.headers["Lantoa-Signature"]
    assert json.loads(answer.data)["schema"] == "level/1"


def test_the_table_has_a_row_a_figure_and_nothing_where_it_was_kept_back(province: Province) -> None:
    data = get(province, f"{HERE}/so-lieu.csv").data
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 3 * 5
    kept = next(row for row in rows if (row["unit_code"], row["element"]) == ("05953", "tu-dung-duoc"))
    assert (kept["flag"], kept["numerator"], kept["value"]) == ("S", "", "")
    own = next(row for row in rows if (row["unit_code"], row["element"]) == ("05917", "du-thi"))
    assert (own["numerator"], own["denominator"], own["value"]) == ("882", "9800", "9")


def test_an_older_number_stays_as_it_was_given_out(province: Province) -> None:
    give_out(province, "05923", reason="Thêm số của xã Tân Thành")
    assert "4 trên 8 đơn vị" in get(province, HERE).text
    assert "3 trên 8 đơn vị" in get(province, f"{HERE}?ban=1").text


@pytest.mark.parametrize(
    "address",
    [
        "/tong-hop/05917/xa-thang/state/thang/202611",
        "/tong-hop/19/xa-thang/party/thang/202611",
        "/tong-hop/19/xa-thang/state/thang/202610",
        f"{HERE}?ban=7",
        f"{HERE}/so-lieu.exe",
        "/tong-hop/%00/x/state/thang/202611",
    ],
)
def test_what_was_not_given_out_is_not_there(province: Province, address: str) -> None:
    assert get(province, address).status_code == 404


def test_a_copy_is_asked_for_by_its_tag_and_not_sent_twice(province: Province) -> None:
    tag = get(province, HERE).headers["ETag"]
    assert get(province, HERE, **{"If-None-Match": tag}).status_code == 304
