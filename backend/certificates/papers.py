"""The finished papers of a certificate: from the store where they lie, else drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from backend.certificates import designs, drawing
from backend.certificates.drawing import Face, Look
from backend.certificates.errors import NameNotPrintable
from backend.certificates.models import Certificate
from backend.certificates.queries import verify_url
from backend.media import store
from backend.media.fitting import DoesNotFit
from backend.media.letters import GlyphMissing


@dataclass(frozen=True)
class Paper:
    """All that drawing needs, read to the end: it takes its time, and no transaction should wait for it."""

    look: Look
    face: Face
    png_digest: str | None
    pdf_digest: str | None

    def png(self, folder: Path) -> bytes:
        """Raises NameNotPrintable, as `pdf` does, for words of old that no letter of ours draws."""
        return store.get(folder, self.png_digest) or self._drawn(drawing.png)

    def pdf(self, folder: Path) -> bytes:
        return store.get(folder, self.pdf_digest) or self._drawn(drawing.pdf)

    def _drawn(self, draw: Callable[[Look, Face], bytes]) -> bytes:
        try:
            return draw(self.look, self.face)
        except (GlyphMissing, DoesNotFit):
            raise NameNotPrintable from None


def paper_of(session: Session, row: Certificate, public_url: str, sample: bool) -> Paper:
    """Raises DesignUnknown."""
    known = designs.find(session, row.design_id)
    look = Look(known.design, designs.pictures(session, known))
    face = drawing.face_of(row, verify_url(row, public_url), sample)
    return Paper(look, face, row.png_digest, row.pdf_digest)
