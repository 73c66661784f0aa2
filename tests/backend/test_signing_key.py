"""The key the node signs with: made once, kept private, refused when it is none."""

import stat
from pathlib import Path

import pytest

from backend.app import create_app
from backend.config import read_settings
from backend.errors import SettingMissing
from backend.safeguards.signing import Signer, packed


def read(place: Path, **environment: str) -> str:
    return read_settings({"LANTOA_DATA": str(place), "LANTOA_MODE": "demo", **environment}).signing_key


def test_it_is_made_at_first_start_and_stays_the_same(tmp_path: Path) -> None:
    made = read(tmp_path)
    assert read(tmp_path) == made
    assert Signer(made).key_id
    assert stat.S_IMODE((tmp_path / "signing_key").stat().st_mode) == 0o600


def test_the_environment_goes_before_the_file_and_then_none_is_made(tmp_path: Path) -> None:
    mine = packed(b"m" * 32)
    assert read(tmp_path, LANTOA_SIGNING_KEY=mine) == mine
    assert not (tmp_path / "signing_key").exists()


@pytest.mark.parametrize("wrong", ["short", packed(b"m" * 31), packed(b"m" * 33), "không phải khóa"])
def test_what_is_no_key_stops_the_start(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingMissing, match="LANTOA_SIGNING_KEY"):
        read(tmp_path, LANTOA_SIGNING_KEY=wrong)


def test_a_kept_file_that_is_empty_stops_the_start_and_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "signing_key").touch()
    with pytest.raises(SettingMissing, match="LANTOA_SIGNING_KEY"):
        read(tmp_path)


def test_the_node_signs_with_what_it_was_given(tmp_path: Path) -> None:
    settings = read_settings({"LANTOA_DATA": str(tmp_path), "LANTOA_MODE": "demo"})
    assert create_app(settings).services.signer.key_id == Signer(settings.signing_key).key_id
