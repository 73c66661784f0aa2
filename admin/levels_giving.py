"""What a level gives out: the signed statement with its public page, and the files for DHIS2."""

from collections import Counter

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import calendar_words, levels_words, shown
from admin.blueprint import LEVEL_KEEPERS, LEVEL_READERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.levels_choice import Choice, chosen, keeps, key_of
from admin.target_exchange import SHAPES, WHY
from backend import http
from backend.errors import DomainError, NotAllowed, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.levels import publishing
from backend.levels.exchange import rows_out
from backend.levels.overview import Overview, overview
from backend.levels.views import elements_of
from backend.people.staff import names_of
from backend.safeguards.audit import note
from backend.targets import dhis2

MOST_SHOWN = 60


@blueprint.get("/levels/giving")
@guarded(staff_with(*LEVEL_READERS))
def levels_giving() -> ResponseReturnValue:
    """Raises NotFound, NothingTold."""
    return _page(chosen())


def _page(choice: Choice, error: DomainError | None = None) -> ResponseReturnValue:
    session, about = http.session(), choice.told()
    found = overview(session, choice.level, about)
    out = dhis2.out(rows_out(choice.level, found))
    newest = publishing.newest(session, choice.level.id, about)
    by = newest.row.published_by if newest else None
    return page(
        "levels_giving.html",
        error.status if error else 200,
        choice=choice,
        found=found,
        newest=newest,
        names=names_of(session, {by} if by else set()),
        values=len(out.values),
        left=out.left_out[:MOST_SHOWN],
        more=max(0, len(out.left_out) - MOST_SHOWN),
        counts=Counter(one.why for one in out.left_out),
        why=WHY,
        named=_titles(choice, found),
        period=calendar_words.title,
        may_keep=keeps(choice) and publishing.is_public(about),
        is_public=publishing.is_public(about),
        sentence=http.sentence_of(error) if error else "",
        form=request.form,
        words=levels_words,
        key_of=key_of,
        tab="giving",
    )


def _titles(choice: Choice, found: Overview) -> dict[str, str]:
    """Code of a data element -> the title of its criterion."""
    template = choice.told().template
    return {f"{template}.{one.code}": shown.words(dict(one.title)) for one in elements_of(found)}


@blueprint.post("/levels/giving")
@guarded(staff_with(*LEVEL_KEEPERS))
def levels_publish() -> ResponseReturnValue:
    """Give the accepted figures out. Raises NotFound, NotAllowed, NothingTold."""
    choice, session = chosen(), http.session()
    if not keeps(choice):
        raise NotAllowed
    found = overview(session, choice.level, choice.told())

    def publish() -> None:
        publishing.publish(
            session, http.services().signer, choice.level, found, typed("reason", 500), actor()
        )

    if error := refusal_of(publish):
        return _page(choice, error)
    flash(gettext("Đã công bố. Trang công khai và các tệp mở cho mọi người từ bây giờ."))
    return redirect(url_for("admin.levels_giving", **choice.query), 303)


@blueprint.get("/levels/so-lieu.<word>")
@writes_on_read
@guarded(staff_with(*LEVEL_READERS))
def levels_file(word: str) -> Response:
    """The accepted figures as DHIS2's dataValueSets, json or csv. Raises NotFound, NothingTold."""
    choice = chosen()
    about = choice.told()
    if word not in SHAPES:
        raise NotFound
    out = dhis2.out(rows_out(choice.level, overview(http.session(), choice.level, about)))
    note(
        http.session(), actor(), "levels.export", "unit", choice.level.id, unit=choice.level.id,
        reason=f"{about.template} {about.period.code} {word}", is_read=True,
    )  # fmt: skip
    make, mimetype = SHAPES[word]
    answer = Response(make(out.values), mimetype=mimetype)
    name = f"{choice.level.code}-{about.template}-{about.period.code}.{word}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["X-Left-Out"] = str(len(out.left_out))
    return answer
