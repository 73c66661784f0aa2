"""dataValueSets: what goes out fits what DHIS2 publishes of it and comes back the same; bad payloads are told."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import calendars
from backend.targets import dhis2, exchange
from backend.targets.dhis2 import DataValue, In, Row
from backend.targets.errors import NoDataValues, TooManyFigures
from tests.support.node import fetched, run

SET = {
    "attributeCategoryOptions", "attributeOptionCombo", "categoryOptionComboIdScheme", "completeDate",
    "dataElementIdScheme", "dataSet", "dataSetIdScheme", "dataValues", "dryRun", "idScheme", "orgUnit",
    "orgUnitIdScheme", "period", "strategy",
}  # fmt: skip
VALUE = {
    "attributeOptionCombo", "categoryOptionCombo", "comment", "created", "dataElement", "deleted", "followup",
    "lastUpdated", "orgUnit", "period", "storedBy", "value",
}  # fmt: skip
"""The properties of the schemas DataValueSet and DataValue in DHIS2's published OpenAPI description; texts all."""
AT = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)


def row(code: str = "QN-E12", period: str = "2026Q4", calendar: str = "thang", **more: object) -> Row:
    told = {
        "value": Decimal("80.0"),
        "numerator": Decimal(8),
        "denominator": Decimal(10),
        "source": "Báo cáo, số 1",
        "at": AT,
    }
    return Row(code, "51", calendars.parse(calendar, period), **(told | more))  # type: ignore[arg-type]


def test_what_goes_out_has_only_properties_dhis2_knows_and_texts_in_them() -> None:
    told = json.loads(dhis2.to_json(dhis2.out([row()]).values))
    assert set(told) <= SET
    assert [value["dataElement"] for value in told["dataValues"]] == ["QN-E12", "QN-E12_NUM", "QN-E12_DEN"]
    for value in told["dataValues"]:
        assert set(value) <= VALUE
        assert all(isinstance(text, str) for text in value.values())
        assert value["categoryOptionCombo"] == "LANTOA_OFFICIAL"
        assert "attributeOptionCombo" not in value  # the default of the server
        assert value["lastUpdated"] == "2026-11-20T08:02:03.000+0700"


CLIENT = Path(__file__).parent / "dhis2_client"
"""Two packages nobody of ours wrote, oracles of these tests and no part of the product: the typed client @eyeseetea/d2-api
(GPL-3.0), and the DHIS2 project's own reading of periods, @dhis2/multi-calendar-dates (BSD-3-Clause)."""


def complaints(payload: str) -> str:
    """What the independent client's types say against a payload; nothing where it is one of theirs."""
    place = fetched(CLIENT)
    with TemporaryDirectory(dir=place / "node_modules") as within:
        file = Path(within) / "payload.ts"
        file.write_text((CLIENT / "payload.ts").read_text().replace('"PAYLOAD"', payload))
        options = ("--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022")  # fmt: skip
        compiler = place / "node_modules" / "typescript" / "bin" / "tsc"
        return run(place, compiler, *options, str(file)).stdout


def whole() -> str:
    """Every kind, with and without sides, of every sort of period."""
    kinds = [row(f"QN-{kind}", "2026S2", series=kind) for kind in dhis2.SERIES]
    weeks = [
        row("QN-E1", "2026W47", "tuan", numerator=None, denominator=None),
        row("QN-E2", "2026Sep", "nam-hoc"),
    ]
    return dhis2.to_json(dhis2.out([row(), *kinds, *weeks]).values).decode()


def test_an_independent_client_takes_what_goes_out() -> None:
    assert complaints(whole()) == ""


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        ('"dataElement":', '"dataElemnt":'),
        ('"categoryOptionCombo":', '"categoryOption":'),
        ('"dataElementIdScheme":', '"dataElementScheme":'),
        ('"dataValues":', '"values":'),
        ('"value": "80.0"', '"value": 80.0'),
        ('"period": "2026Q4"', '"period": 2026'),
        ('"lastUpdated": "2026', '"lastUpdate": "2026'),
    ],
)
def test_that_client_refuses_a_wrong_name_or_type(ours: str, other: str) -> None:
    assert ours in whole()
    assert "error TS" in complaints(whole().replace(ours, other, 1))


PERIODS = [
    ("thang", "202601", "MONTHLY"),
    ("thang", "202602", "MONTHLY"),
    ("thang", "202612", "MONTHLY"),
    *(("thang", f"2026Q{number}", "QUARTERLY") for number in (1, 2, 3, 4)),
    ("thang", "2026S1", "SIXMONTHLY"),
    ("thang", "2026S2", "SIXMONTHLY"),
    ("thang", "2028", "YEARLY"),
    ("tuan", "2026W1", "WEEKLY"),
    ("tuan", "2026W47", "WEEKLY"),
    ("tuan", "2026W53", "WEEKLY"),
    ("nam-hoc", "2026Sep", "FYSEP"),
]


def test_periods_are_those_dhis2_itself_reads_out_of_the_code() -> None:
    read = json.loads(
        run(fetched(CLIENT), CLIENT / "periods.cjs", *(code for _, code, _ in PERIODS), check=True).stdout
    )
    ours = [(code, calendars.parse(calendar, code)) for calendar, code, _ in PERIODS]
    assert read == {
        code: [kind, period.first.isoformat(), period.last.isoformat()]
        for (code, period), (_, _, kind) in zip(ours, PERIODS, strict=True)
    }


@pytest.mark.parametrize(("calendar", "code"), [("hanh-chinh", "202611"), ("hanh-chinh", "2026S1"), ("nhiem-ky", "2025-2030"), ("nhiem-ky", "2025-2030H1")])  # fmt: skip
def test_what_dhis2_would_read_as_other_days_or_not_at_all_does_not_go_out(calendar: str, code: str) -> None:
    read = json.loads(run(fetched(CLIENT), CLIENT / "periods.cjs", code, check=True).stdout)[code]
    period = calendars.parse(calendar, code)
    assert read is None or read[1:] != [period.first.isoformat(), period.last.isoformat()]
    found = dhis2.out([row(period=code, calendar=calendar)])
    assert (found.values, [one.why for one in found.left_out]) == ((), ["calendar"])


@pytest.mark.parametrize(
    ("calendar", "code", "days"),
    [
        ("thang", "202611", (date(2026, 11, 1), date(2026, 11, 30))),
        ("thang", "2026Q4", (date(2026, 10, 1), date(2026, 12, 31))),
        ("thang", "2026S1", (date(2026, 1, 1), date(2026, 6, 30))),
        ("thang", "2026S2", (date(2026, 7, 1), date(2026, 12, 31))),
        ("thang", "2026", (date(2026, 1, 1), date(2026, 12, 31))),
        ("tuan", "2026W47", (date(2026, 11, 16), date(2026, 11, 22))),
        ("nam-hoc", "2026Sep", (date(2026, 9, 1), date(2027, 8, 31))),
    ],
)
def test_period_codes_mean_the_same_days_there(calendar: str, code: str, days: tuple[date, date]) -> None:
    period = calendars.parse(calendar, code)
    assert (period.first, period.last) == days
    assert [value.period for value in dhis2.out([row(period=code, calendar=calendar)]).values] == [code] * 3
    assert dhis2.calendar_of(code) == calendar


def test_a_missing_figure_and_a_foreign_calendar_are_left_out_and_told_never_zero() -> None:
    found = dhis2.out(
        [
            row(value=None),
            row(calendar="hanh-chinh", period="202611"),
            row(calendar="nhiem-ky", period="2025-2030"),
            row(absent="hidden"),
        ]
    )
    assert found.values == ()
    assert [one.why for one in found.left_out] == ["no_value", "calendar", "calendar", "hidden"]


@pytest.mark.parametrize("make", [dhis2.to_json, dhis2.to_csv])
def test_what_goes_out_comes_back(make: object) -> None:
    data = make(
        dhis2.out([row(), row("QN-D9", "2026", value=Decimal(21), numerator=None, denominator=None)]).values
    )  # type: ignore[operator]
    assert [
        (one.code, one.period, one.value, one.numerator, one.denominator, one.refused)
        for one in dhis2.read(data)
    ] == [
        ("QN-E12", "2026Q4", "80.0", "8", "10", None),
        ("QN-D9", "2026", "21", "", "", None),
    ]


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs")), min_size=1, max_size=20)


@given(
    st.lists(
        st.tuples(texts, texts, st.decimals(-(10**6), 10**6, places=3)),
        min_size=1,
        max_size=5,
        unique_by=lambda t: t[0],
    )
)
def test_any_values_survive_both_shapes(rows: list[tuple[str, str, Decimal]]) -> None:
    values = [
        DataValue(f"A{n}", "2026", "51", f"{number:f}", comment)
        for n, (_, comment, number) in enumerate(rows)
    ]
    for data in (dhis2.to_json(values), dhis2.to_csv(values)):
        assert [(one.code, one.value, one.comment) for one in dhis2.read(data)] == [
            (one.data_element, one.value, one.comment) for one in values
        ]


def test_a_payload_may_name_period_and_unit_once_for_all() -> None:
    data = {"period": "2026", "orgUnit": "51", "dataValues": [{"dataElement": "QN-D9", "value": 21}]}
    assert dhis2.read(json.dumps(data).encode()) == [In(1, "QN-D9", "51", "2026", "21")]


def refusals(*values: dict[str, object]) -> list[str | None]:
    rows = [{"dataElement": "A", "period": "2026", "orgUnit": "51", "value": "1"} | value for value in values]
    return [one.refused for one in dhis2.read(json.dumps({"dataValues": rows}).encode())]


def test_values_that_cannot_be_taken_are_told_one_by_one() -> None:
    assert refusals({}, {}) == ["twice"]
    assert refusals({"value": "khoảng 5"}) == ["no_number"]
    assert refusals({"value": ""}) == ["no_number"]
    assert refusals({"categoryOptionCombo": "nam"}) == ["combo"]
    assert refusals({"attributeOptionCombo": "nam"}) == ["combo"]
    assert refusals({"deleted": True}) == ["deleted"]
    assert refusals({"categoryOptionCombo": "LANTOA_OFFICIAL"}) == [None]
    assert refusals({"categoryOptionCombo": "LANTOA_DECLARED"}) == ["other_series"]
    assert refusals({}, {"categoryOptionCombo": "LANTOA_MEASURED"}) == [None, "other_series"]
    assert refusals({}, {"categoryOptionCombo": "LANTOA_OFFICIAL"}) == ["twice"]
    entries, troubles = exchange.coming_in(
        dhis2.read(
            b'{"dataValues": [{"dataElement": "A", "period": "2026", "orgUnit": "51", "value": "1.234"}]}'
        )
    )
    assert (entries[0].value, troubles) == ("1.2340", [])


@pytest.mark.parametrize(
    "data",
    [b"{}", b"[]", b"[1]", b'{"dataValues": 5}', b'{"dataValues": [5]}', b'{"dataValues": [{}]}', b"\xff\xfe\x00", b"a,b\r\n1,2\r\n",
     b'{"dataValues": [{"dataElement": {"a": 1}, "period": "2026", "orgUnit": "51"}]}', b'{"dataValues": [{"dataElement": "A", "period": "2026", "orgUnit": "5", "value": NaN}]}',
     b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_data_value_set_is_refused(data: bytes) -> None:
    with pytest.raises(NoDataValues):
        dhis2.read(data)


def test_a_payload_of_200_megabytes_is_not_even_read() -> None:
    with pytest.raises(TooManyFigures):
        dhis2.read(b"{" + b" " * (200 * 1024 * 1024))


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|calc",
        '=1+HYPERLINK("http://x";"y")',
        "-2+3+cmd|x",
        "+1+2",
        "+1-cmd|x",
        "@SUM(1)",
        "\t=1",
        "＝1+1",
    ],
)
def test_a_comment_is_never_run_by_a_spreadsheet_and_comes_back_as_it_was(text: str) -> None:
    data = dhis2.to_csv(dhis2.out([row(source=text)]).values)
    cells = next(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert cells["comment"] == f"'{text}"
    assert dhis2.from_csv(data)[0].comment == text
