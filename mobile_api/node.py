"""What anybody may ask: which node this is, whether the line is truly open, units, and the texts of consent."""

from typing import Any

from backend import clock, http
from backend.db.node import own_unit, this_node
from backend.http import anybody, guarded
from backend.people import consents
from backend.units import queries as units
from mobile_api import schemas as s
from mobile_api.blueprint import PhoneBlueprint

blueprint = PhoneBlueprint("node", __name__, description="The node, its units and its texts")


@blueprint.route("/node")
@guarded(anybody)
@blueprint.response(200, s.NodeSchema)
def read_node() -> dict[str, Any]:
    """The name of this node, the commune it serves and its clock."""
    session = http.session()
    commune = units.named(session, own_unit(session), clock.today())
    return {
        "name": this_node(session).name,
        "commune": commune,
        "mode": http.services().settings.mode,
        "epoch": http.epoch(),
        "server_ms": clock.milliseconds(clock.now()),
        "languages": ["vi", "en"],
    }


@blueprint.route("/probe")
@guarded(anybody)
@blueprint.arguments(s.ProbeInSchema, location="query")
@blueprint.response(200, s.ProbeSchema)
def probe(query: dict[str, Any]) -> dict[str, Any]:
    """Proof that the line is open: a captive portal can fake a 200, not this body with the caller's nonce."""
    return {
        "lantoa": "here",
        "nonce": query["nonce"],
        "epoch": http.epoch(),
        "server_ms": clock.milliseconds(clock.now()),
    }


@blueprint.route("/units")
@guarded(anybody)
@blueprint.arguments(s.UnitSearchSchema, location="query")
@blueprint.response(200, s.UnitsSchema)
def search_units(query: dict[str, Any]) -> dict[str, Any]:
    """Units by name, those of the node's own commune first; tone marks and đ may be left out."""
    session, day = http.session(), clock.today()
    found = units.search(
        session, query["q"], query["kind"], day, query["limit"], first_below=own_unit(session)
    )
    return {"units": found}


@blueprint.route("/consent-texts")
@guarded(anybody)
@blueprint.response(200, s.ConsentTextsSchema)
def read_consent_texts() -> dict[str, Any]:
    """What a person is asked to agree to, in the present version."""
    controller, language = this_node(http.session()).name, http.language()
    return {"texts": [_in_language(text, language, controller) for text in consents.texts().values()]}


def _in_language(text: consents.ConsentText, language: str, controller: str) -> dict[str, Any]:
    basis = text.legal_basis
    return {
        "purpose": text.purpose,
        "version": text.version,
        "title": text.title.get(language, text.title["vi"]),
        "text": text.text.get(language, text.text["vi"]).replace("{controller}", controller),
        "legal_basis": basis.get(language, basis["vi"]) if isinstance(basis, dict) else basis,
        "retention_days": text.retention_days,
    }
