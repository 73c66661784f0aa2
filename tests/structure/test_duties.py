"""What a role is told of its duties speaks of awards wherever a chain of awards asks something of that role."""

from pathlib import Path

import pytest
import yaml

from backend.people.staff import DUTIES, ROLES
from campaigns import award

CHAINS = sorted((Path(award.__file__).parent / "chains").glob("*.yaml"))


@pytest.mark.parametrize("file", CHAINS, ids=lambda file: file.stem)
def test_the_duties_of_every_hand_in_a_chain_speak_of_it(file: Path) -> None:
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    roles = {role for link in told["steps"] for role in link["roles"]} | set(told["revokes"])
    silent = {
        role for role in roles if not any(w in DUTIES[role] for w in ("khen thưởng", "giấy chứng nhận"))
    }
    assert silent == set()
    assert not any("báo cáo" in ROLES[role] for role in roles), "a list does not wait for a signer of reports"
