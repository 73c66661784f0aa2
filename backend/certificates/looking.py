"""A look at who is to get a paper, before anything is made: which names and words can be printed with a design, which not."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from backend.certificates import accounts, names
from backend.certificates.designs import Known
from backend.certificates.issue import RecipientKind, Words
from backend.errors import N_
from backend.media.fitting import DoesNotFit
from backend.media.layout import lay_out
from backend.media.letters import GlyphMissing

NO_FIT = N_("chữ quá dài, không vừa khung “%(field)s” của mẫu giấy")


@dataclass(frozen=True)
class Entry:
    """One certificate to be made. `source_id`: what it stands for (a line of a register), unique within its kind of
    source. `words`: what is printed and signed; its name is put right here, or refused. `subject`: the person; of somebody
    without an account the source's own id. `unit`: the unit that receives it."""

    source_id: uuid.UUID
    words: Words
    subject: uuid.UUID | None = None
    unit: uuid.UUID | None = None
    activity: uuid.UUID | None = None

    @property
    def recipient_kind(self) -> RecipientKind:
        return self.words.recipient_kind

    @property
    def account(self) -> uuid.UUID | None:
        """The key of a person who can leave, and whose paper is then not made."""
        return accounts.account_of(self.subject, self.source_id)


@dataclass(frozen=True)
class Trouble:
    """An entry that cannot be printed. `why`: a sentence with its values, not yet put into a language."""

    entry: Entry
    why: str
    values: dict[str, str]

    def said(self) -> str:
        """In Vietnamese, as it is kept."""
        return self.why % self.values


@dataclass(frozen=True)
class Looked:
    """What a look at the entries found: those that can be printed with their names as they will be, and the others.

    `notes`: by source id what was mended in a name, so that somebody may look at it. `tried`: every entry as it came, so
    that a second look with the same design is short.
    """

    design: uuid.UUID
    good: list[Entry] = field(default_factory=list)
    refused: list[Trouble] = field(default_factory=list)
    notes: dict[uuid.UUID, tuple[str, ...]] = field(default_factory=dict)
    tried: dict[Entry, Entry | Trouble] = field(default_factory=dict)


def look(entries: Sequence[Entry], known: Known, before: Looked | None = None) -> Looked:
    """Try every name and every line against letters and design; needs no database and writes nothing, but takes its time:
    a few milliseconds each. `before`: an earlier look, of which only what is new is tried."""
    found = Looked(known.id)
    seen = before.tried if before is not None and before.design == known.id else {}
    for entry in entries:
        one = seen.get(entry) or _tried(entry, known)
        found.tried[entry] = one
        if isinstance(one, Trouble):
            found.refused.append(one)
            continue
        found.good.append(one)
        if notes := _name(entry).notes:
            found.notes[entry.source_id] = notes
    return found


def _tried(entry: Entry, known: Known) -> Entry | Trouble:
    try:
        good = replace(entry, words=replace(entry.words, name=_name(entry).printed))
        lay_out(known.design, fields(good.words))
    except names.NameRefused as no:
        return Trouble(entry, names.REFUSALS[no.code], {"most": str(names.LONGEST_NAME), "sign": no.sign})
    except GlyphMissing as missing:
        return Trouble(entry, names.REFUSALS["sign_unknown"], {"sign": missing.told()})
    except DoesNotFit as no_fit:
        return Trouble(entry, NO_FIT, {"field": no_fit.field})
    return good


def _name(entry: Entry) -> names.Name:
    return (
        names.read(entry.words.name)
        if entry.recipient_kind == "person"
        else names.read_unit(entry.words.name)
    )


def fields(words: Words, day: date = date(2000, 12, 28)) -> dict[str, str]:
    """As they will be printed, with a number and, unless said, a day as long as any."""
    told = {name: value for name, value in asdict(words).items() if isinstance(value, str)}
    return told | {"number": "0000-0000-0000-0000", "date": day.isoformat()}
