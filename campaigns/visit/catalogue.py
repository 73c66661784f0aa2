"""The services a visit may be about: a catalogue that is data, and what an activity chose of it."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec
import yaml

from campaigns.visit.schemas import Service, VisitSettings, WhyNot

OTHER = "other"
"""Under which everything is counted that the standard catalogue does not know."""
PLACE = Path(__file__).parent / "catalogue.yaml"


class _Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    services: tuple[Service, ...]
    reasons: tuple[WhyNot, ...]


@cache
def _standard() -> _Catalogue:
    return msgspec.convert(yaml.safe_load(PLACE.read_text(encoding="utf-8")), _Catalogue)


STANDARD: dict[str, Service] = {service.code: service for service in _standard().services}


def services_of(settings: VisitSettings) -> tuple[Service, ...]:
    """What the organiser chose, or everything there is."""
    return settings.services or _standard().services


def reasons_of(settings: VisitSettings) -> tuple[WhyNot, ...]:
    return settings.reasons or _standard().reasons


def counted_as(code: str) -> str:
    """The code of the standard catalogue a service is counted under."""
    return code if code in STANDARD else OTHER


def in_order(codes: Iterable[str], settings: VisitSettings) -> list[str]:
    """Services as a table lists them: the standard ones, then those an organiser added, then codes nobody here chose,
    and what was written down without a service of its own at the end."""
    named = [*STANDARD, *(service.code for service in services_of(settings))]
    places = {code: number for number, code in enumerate(dict.fromkeys(named))}
    return sorted(set(codes), key=lambda code: (code == OTHER, places.get(code, len(places)), code))


def service_name(settings: VisitSettings, code: str, language: str) -> str:
    """What people call the service; its code where nobody knows it."""
    known = {service.code: service for service in (*STANDARD.values(), *services_of(settings))}
    service = known.get(code)
    if service is None:
        return code
    return (service.en if language == "en" else None) or service.vi
