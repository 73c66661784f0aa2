"""Secrets are kept so that whoever steals the database does not have them."""

from argon2 import PasswordHasher, Type, extract_parameters

from backend.people import keys


def test_secrets_cost_what_owasp_asks_for(thorough_hasher: PasswordHasher) -> None:
    """OWASP Password Storage Cheat Sheet: argon2id with 19 MiB and two passes at the least."""
    used = extract_parameters(thorough_hasher.hash("1234"))
    assert (used.type, used.time_cost >= 2, used.memory_cost >= 19_456) == (Type.ID, True, True)


def test_a_hash_made_with_other_settings_still_fits(thorough_hasher: PasswordHasher) -> None:
    hashed = thorough_hasher.hash("1234")
    assert keys.is_secret("1234", hashed)
    assert not keys.is_secret("1235", hashed)
