"""The node refuses to start, naming the variable, rather than run unsafely."""

import stat
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

from backend.app import create_app
from backend.config import Settings, read_settings
from backend.errors import SettingMissing


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "var"


def read(place: Path, **environment: str) -> Settings:
    return read_settings({"LANTOA_DATA": str(place), **environment})


def test_production_is_what_runs_when_nothing_is_said(place: Path) -> None:
    settings = read(place, LANTOA_IDENTITY="sms")
    assert (settings.mode, settings.host, settings.demo) == ("production", "127.0.0.1", False)


def test_production_refuses_to_start_without_an_identity_port(place: Path) -> None:
    with pytest.raises(SettingMissing, match="LANTOA_IDENTITY"):
        read(place)


def test_production_refuses_an_identity_port_that_is_set_but_empty(place: Path) -> None:
    with pytest.raises(SettingMissing, match="LANTOA_IDENTITY"):
        read(place, LANTOA_IDENTITY="")


def test_production_refuses_to_show_codes_on_the_screen(place: Path) -> None:
    with pytest.raises(SettingMissing, match="LANTOA_IDENTITY=demo"):
        read(place, LANTOA_IDENTITY="demo")


def test_an_identity_port_this_release_does_not_have_stops_the_start(place: Path) -> None:
    settings = read(place, LANTOA_IDENTITY="pigeon")
    with pytest.raises(SettingMissing, match="LANTOA_IDENTITY=pigeon"):
        create_app(settings)


def test_a_demo_identity_smuggled_past_the_reader_is_still_refused(place: Path) -> None:
    smuggled = replace(read(place, LANTOA_IDENTITY="sms"), identity="demo")
    with pytest.raises(SettingMissing, match="LANTOA_IDENTITY"):
        create_app(smuggled)


def test_a_mode_nobody_knows_is_refused(place: Path) -> None:
    with pytest.raises(SettingMissing, match="LANTOA_MODE"):
        read(place, LANTOA_MODE="Demo")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "example.vn", ""])
def test_the_demo_listens_on_loopback_only(place: Path, host: str) -> None:
    with pytest.raises(SettingMissing, match="LANTOA_HOST"):
        read(place, LANTOA_MODE="demo", LANTOA_HOST=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_every_name_of_loopback_will_do_for_the_demo(place: Path, host: str) -> None:
    assert read(place, LANTOA_MODE="demo", LANTOA_HOST=host).host == host


def test_production_may_listen_anywhere(place: Path) -> None:
    assert read(place, LANTOA_IDENTITY="sms", LANTOA_HOST="0.0.0.0").host == "0.0.0.0"


@pytest.mark.parametrize("variable", ["PORT", "LANTOA_WORKERS"])
@pytest.mark.parametrize("value", ["many", "", "0", "-1"])
def test_a_number_that_is_none_is_named(place: Path, variable: str, value: str) -> None:
    with pytest.raises(SettingMissing, match=variable):
        read(place, LANTOA_MODE="demo", **{variable: value})


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(place: Path) -> None:
    first, second = (read(place, LANTOA_MODE="demo").secret_key for _ in range(2))
    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((place / "secret_key").stat().st_mode) == 0o600


def test_two_nodes_have_two_secrets(place: Path, tmp_path: Path) -> None:
    assert read(place, LANTOA_MODE="demo").secret_key != read(tmp_path / "b", LANTOA_MODE="demo").secret_key


def test_a_secret_given_from_outside_is_used_and_not_written_down(place: Path) -> None:
    assert read(place, LANTOA_MODE="demo", LANTOA_SECRET_KEY="from a vault").secret_key == "from a vault"
    assert not (place / "secret_key").exists()


def test_an_empty_secret_file_stops_the_start_instead_of_sealing_with_nothing(place: Path) -> None:
    place.mkdir()
    (place / "secret_key").touch()
    with pytest.raises(SettingMissing, match="secret_key"):
        read(place, LANTOA_MODE="demo")


def test_settings_do_not_change_once_read(place: Path) -> None:
    settings = read(place, LANTOA_MODE="demo")
    with pytest.raises(FrozenInstanceError):
        settings.mode = "production"  # type: ignore[misc]
