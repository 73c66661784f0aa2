"""Feeds a portal can fetch: Atom (RFC 4287) and JSON Feed 1.1. Every item is told again each time; none is kept here."""

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs no XML document may hold, however they are written (XML 1.0, 2.2)."""
# Once for the process: it changes a table all threads share.
Xml.register_namespace("", ATOM)


@dataclass(frozen=True)
class Item:
    """Somebody honoured: `id` never changes, `at` is when it was entered in the register."""

    id: uuid.UUID
    name: str
    achievement: str
    award: str
    at: datetime

    @property
    def title(self) -> str:
        return f"{self.name}: {self.achievement}"


@dataclass(frozen=True)
class Feed:
    """`address`: the page it tells of, as strangers reach it; `since`: when that page was set up, if nothing is on it yet."""

    title: str
    author: str
    address: str
    since: datetime
    items: Sequence[Item]

    @property
    def updated(self) -> datetime:
        return max((item.at for item in self.items), default=self.since)


def atom(feed: Feed) -> bytes:
    """The feed as XML: id, title, updated, author and both links; of every entry id, title, updated, link and content."""
    root = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "vi"})
    _text(root, "id", feed.address)
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(feed.updated))
    _text(_part(root, "author"), "name", feed.author)
    _part(root, "link", rel="self", type="application/atom+xml", href=f"{feed.address}.atom")
    _part(root, "link", rel="alternate", type="text/html", href=feed.address)
    for item in feed.items:
        entry = _part(root, "entry")
        _text(entry, "id", item.id.urn)
        _text(entry, "title", item.title)
        _text(entry, "published", _moment(item.at))
        _text(entry, "updated", _moment(item.at))
        _part(entry, "link", rel="alternate", type="text/html", href=f"{feed.address}#{item.id}")
        _text(entry, "content", f"{item.title}. {item.award}").set("type", "text")
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def json_feed(feed: Feed) -> bytes:
    told = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.address,
        "feed_url": f"{feed.address}.json",
        "language": "vi",
        "authors": [{"name": feed.author}],
        "items": [
            {
                "id": item.id.urn,
                "url": f"{feed.address}#{item.id}",
                "title": item.title,
                "content_text": f"{item.title}. {item.award}",
                "date_published": _moment(item.at),
            }
            for item in feed.items
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _part(parent: Xml.Element, name: str, **attributes: str) -> Xml.Element:
    return Xml.SubElement(parent, f"{{{ATOM}}}{name}", attributes)


def _text(parent: Xml.Element, name: str, text: str) -> Xml.Element:
    part = _part(parent, name)
    part.text = NOT_XML.sub("", text)
    return part


def _moment(at: datetime) -> str:
    """RFC 3339, whole seconds, UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
