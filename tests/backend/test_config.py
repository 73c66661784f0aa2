"""The node refuses to start, naming the variable, rather than run unsafely."""

import stat
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend import cli
from backend.app import create_app
from backend.config import Settings, read_settings
from backend.db import migrate
from backend.db.engine import Database
from backend.errors import SettingMissing


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def with_sms(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this release had a port for production."""
    monkeypatch.setattr("backend.config.IDENTITIES", ("demo", "sms"))


def read(place: Path, **environment: str) -> Settings:
    return read_settings({"LANTOA_DATA": str(place), **environment})


@pytest.mark.usefixtures("with_sms")
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


@pytest.mark.parametrize("mode", ["production", "demo"])
def test_an_identity_port_this_release_does_not_have_stops_the_start(place: Path, mode: str) -> None:
    with pytest.raises(SettingMissing, match="LANTOA_IDENTITY=pigeon"):
        read(place, LANTOA_MODE=mode, LANTOA_IDENTITY="pigeon")
    assert not place.exists(), "nothing was made for a node that does not start"


def test_serving_with_an_unknown_port_says_one_sentence_and_ends(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTOA_DATA", str(place))
    monkeypatch.setenv("LANTOA_MODE", "production")
    monkeypatch.setenv("LANTOA_IDENTITY", "pigeon")
    said = CliRunner().invoke(cli.main, ["serve"])
    assert (said.exit_code, said.output.count("\n")) == (1, 1)
    assert "LANTOA_IDENTITY=pigeon" in said.output


def test_a_program_that_brings_its_own_port_may_call_it_what_it_likes(place: Path) -> None:
    class Letters:
        name = "letters"

        def send(self, phone: str, code: str) -> str | None:
            return None

    settings = replace(read(place, LANTOA_MODE="demo"), mode="production", identity="letters")
    port = Letters()
    assert create_app(settings, code_sender=port).services.code_sender is port


@pytest.mark.usefixtures("with_sms")
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


@pytest.mark.usefixtures("with_sms")
def test_production_may_listen_anywhere(place: Path) -> None:
    assert read(place, LANTOA_IDENTITY="sms", LANTOA_HOST="0.0.0.0").host == "0.0.0.0"


@pytest.mark.parametrize("variable", ["PORT", "LANTOA_WORKERS"])
@pytest.mark.parametrize("value", ["many", "", "0", "-1"])
def test_a_number_that_is_none_is_named(place: Path, variable: str, value: str) -> None:
    with pytest.raises(SettingMissing, match=variable):
        read(place, LANTOA_MODE="demo", **{variable: value})


@pytest.mark.parametrize("value", ["-1", "two", ""])
def test_a_number_of_proxies_that_is_none_is_named(place: Path, value: str) -> None:
    assert read(place, LANTOA_MODE="demo", LANTOA_TRUSTED_PROXIES="2").trusted_proxies == 2
    assert read(place, LANTOA_MODE="demo").trusted_proxies == 0
    with pytest.raises(SettingMissing, match="LANTOA_TRUSTED_PROXIES"):
        read(place, LANTOA_MODE="demo", LANTOA_TRUSTED_PROXIES=value)


def modes(place: Path) -> set[int]:
    return {stat.S_IMODE(found.stat().st_mode) for found in place.iterdir()}


def test_nobody_else_on_the_machine_may_read_what_the_node_keeps(place: Path) -> None:
    place.mkdir(mode=0o755)
    database = Database(read(place, LANTOA_MODE="demo").database_url)
    migrate.upgrade(database.engine)
    with database.transaction():
        assert len(list(place.iterdir())) >= 3, "secret, database and its log"
        assert modes(place) == {0o600}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    database.close()


def test_a_database_elsewhere_leaves_no_file_here(place: Path) -> None:
    read(place, LANTOA_MODE="demo", LANTOA_DATABASE_URL="postgresql+psycopg://somewhere/node")
    assert sorted(found.name for found in place.iterdir()) == ["secret_key", "signing_key"]


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
