"""Feeds of honour walls, by the rules of RFC 4287 and jsonfeed.org: what a portal's reader insists on."""

import json
import uuid
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as Xml

import pytest

from backend.public.feeds import Feed, Item, atom, json_feed

A = "{http://www.w3.org/2005/Atom}"
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)


def item(name: str = "Xóm Đồng Tiến", at: datetime = NOON) -> Item:
    return Item(uuid.uuid4(), name, "Dẫn đầu <b>phong trào</b> & “điển hình”", "Giấy khen", at)


def feed(*items: Item) -> Feed:
    return Feed("Bảng vinh danh", "xã Tân Khánh", "https://lantoa.example/vinh-danh/05752", NOON, items)


def parsed(raw: bytes) -> Xml.Element:
    return Xml.fromstring(raw)  # noqa: S314 - our own words


def faults_of(raw: bytes) -> list[str]:
    """What RFC 4287 (sections 4.1.1, 4.1.2, 4.2.7) refuses in this document, read by the platform's own XML parser."""
    root, found = parsed(raw), []
    if root.tag != f"{A}feed":
        return [f"the root is {root.tag}"]
    for parent in (root, *root.findall(f"{A}entry")):
        for name in ("id", "title", "updated"):
            parts = parent.findall(f"{A}{name}")
            if len(parts) != 1 or not (parts[0].text or "").strip():
                found.append(f"{parent.tag}: exactly one {name}, not empty")
        moments = [one.text or "" for name in ("updated", "published") for one in parent.findall(A + name)]
        found += [f"{one} is no moment" for one in moments if not _is_moment(one)]
        if not (parent.findtext(f"{A}id") or "").startswith(("http://", "https://", "urn:uuid:")):
            found.append("an id is an IRI")
        links = [(one.get("rel"), one.get("type"), one.get("hreflang")) for one in parent.findall(f"{A}link")]
        if ("alternate", "text/html", None) not in links or len(set(links)) != len(links):
            found.append("one alternate link of each type")
        if any(not one.get("href") for one in parent.findall(f"{A}link")):
            found.append("a link leads somewhere")
    if root.find(f"{A}author/{A}name") is None:
        found.append("somebody is the author")
    ids = [one.findtext(f"{A}id") for one in root.findall(f"{A}entry")]
    if len(set(ids)) != len(ids):
        found.append("no two entries share an id")
    return found


def _is_moment(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None and "T" in text


@pytest.mark.parametrize("items", [(), (item(),), (item(), item("Nguyễn Thị Bình"))])
def test_the_feed_is_what_the_rfc_asks_for(items: tuple[Item, ...]) -> None:
    assert faults_of(atom(feed(*items))) == []


def test_the_reader_of_this_test_finds_faults() -> None:
    """It must be able to say no: without an author, without a moment, with one id twice."""
    same = item()
    whole = atom(feed(same, same)).decode()
    assert faults_of(whole.encode()) == ["no two entries share an id"]
    broken = atom(feed(item())).decode()
    assert "somebody is the author" in faults_of(broken.replace("author>", "contributor>").encode())
    assert faults_of(broken.replace("<updated>", "<changed>").replace("</updated>", "</changed>").encode())


def test_words_arrive_as_words_and_never_as_markup() -> None:
    (entry,) = parsed(atom(feed(item()))).findall(f"{A}entry")
    assert entry.findtext(f"{A}title") == "Xóm Đồng Tiến: Dẫn đầu <b>phong trào</b> & “điển hình”"
    content = entry.find(f"{A}content")
    assert content is not None
    assert (content.get("type"), len(content)) == ("text", 0)


def test_signs_xml_forbids_are_left_out() -> None:
    """A control sign in a name would make the whole feed unreadable."""
    root = parsed(atom(feed(item("Xóm\x00 Đồng\x1f Tiến￾"))))
    assert (root.findtext(f"{A}entry/{A}title") or "").startswith("Xóm Đồng Tiến: ")


def test_the_feed_is_as_new_as_its_newest_entry_whatever_the_clock() -> None:
    late = item(at=(NOON + timedelta(days=1)).astimezone(timezone(timedelta(hours=7))))
    root = parsed(atom(feed(item(), late)))
    assert root.findtext(f"{A}updated") == "2026-11-23T05:00:00Z"
    assert parsed(atom(feed())).findtext(f"{A}updated") == "2026-11-22T05:00:00Z"


def test_the_json_feed_has_what_its_version_asks_for() -> None:
    told = json.loads(json_feed(feed(item(), item("Nguyễn Thị Bình"))))
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert told["title"]
    assert told["feed_url"].endswith(".json")
    assert [sorted(one) for one in told["items"]] == [
        ["content_text", "date_published", "id", "title", "url"]
    ] * 2
    assert len({one["id"] for one in told["items"]}) == 2


def test_many_readers_at_once_get_their_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of prefixes is one for all threads: a reader must not write into it."""

    def written(*_: str) -> None:
        raise AssertionError("a reader writes into the table of prefixes")

    monkeypatch.setattr(Xml, "register_namespace", written)
    raw = atom(feed(item()))
    assert b"<feed xmlns=" in raw
    assert faults_of(raw) == []
