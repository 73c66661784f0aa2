"""Whoever writes a pack is told everything that is wrong with it, with its file and line."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.cli import main
from campaigns.pack import PackInvalid, read_pack, store
from campaigns.pack.lines import MOST_BYTES, PackError
from tests.support.packs import FILES, write_pack

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "campaigns" / "packs" / "tim-hieu-chuyen-doi-so"
Break = Callable[[str, str, str], list[PackError]]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "goi")


def errors_of(folder: Path) -> list[PackError]:
    with pytest.raises(PackInvalid) as refused:
        read_pack(folder)
    return refused.value.errors


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def told(errors: list[PackError]) -> list[tuple[str, int]]:
    return [(error.file, error.line) for error in errors]


@pytest.fixture
def broken(pack: Path) -> Break:
    """Replaces one part of one file and answers what the reader says."""

    def put(file: str, part: str, instead: str) -> list[PackError]:
        text = FILES[file]
        assert text.count(part) >= 1, part
        (pack / file).write_text(text.replace(part, instead, 1), encoding="utf-8")
        return errors_of(pack)

    return put


def test_a_pack_that_is_right(pack: Path) -> None:
    read = read_pack(pack)
    bank = read.parts["contest"]
    assert (read.code, read.version, read.kind, len(read.rounds)) == ("thu", 1, "outreach", 2)
    assert [question.key for question in bank.questions] == ["t", "c,a,b", "a:2,b:1", "b", "a,c"]
    assert bank.readings["mot-01"]["verdict"] == "kept"
    assert set(bank.topics) == {"mot", "hai"}
    assert read.rounds[1].activities[0].settings["questions_per_attempt"] == 2
    assert read.rounds[1].activities[0].settings["attempts_per_person"] == 1, (
        "what is left out is the default"
    )
    assert read.rounds[0].activities[0].rules == {"vi": "Tự mình trả lời."}


def test_pictures_are_made_small_and_lose_what_the_camera_wrote(pack: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "ở nhà bà Tư"
    Image.new("RGB", (3000, 2000), "white").save(pack / "pictures" / "hinh.png", exif=exif)
    picture = read_pack(pack).pictures["hinh.png"]
    again = Image.open(io.BytesIO(picture.body))
    assert (again.format, again.size) == ("WEBP", (1200, 800))
    assert not again.getexif()
    assert "bà Tư".encode() not in picture.body


def test_the_digest_changes_with_any_file(pack: Path) -> None:
    before = read_pack(pack).digest
    assert read_pack(pack).digest == before
    (pack / "READING.md").write_text("Đã đọc lại.", encoding="utf-8")
    assert read_pack(pack).digest != before


@pytest.mark.parametrize(
    ("file", "part", "instead", "at", "says"),
    [
        ("pack.yaml", "version: 1\n", "", "pack: thu", "Thiếu mục “version”"),
        ("pack.yaml", "version: 1", "version: một", "version: một", "phải là một số nguyên"),
        ("pack.yaml", "version: 1", "versoin: 1", "versoin: 1", "Không có mục nào tên là “versoin”"),
        ("pack.yaml", "kind: outreach", "kind: party", "campaign_kind", "chỉ được là một trong outreach"),
        ("pack.yaml", "opens_day: 0", "opens_day: -1", "opens_day", "phải từ 0"),
        ("pack.yaml", "closes_day: 6", "closes_day: 9", "opens_day: 7", "khi đợt trước chưa đóng"),
        ("pack.yaml", "opens_day: 7\n    closes_day: 13", "opens_day: 9\n    closes_day: 8", "closes_day: 8", "đóng trước khi mở"),
        ("pack.yaml", "code: dot-2", "code: dot-1", "  - title: {vi: \"Đợt 2\"}", "đã dùng ở dòng"),
        ("pack.yaml", "kind: contest\n        code: dot-2", "kind: lottery\n        code: dot-2", "kind: lottery", "Không có loại hoạt động"),
        ("pack.yaml", "questions_per_attempt: 3", "questions_per_attempt: 300", "questions_per_attempt: 300", "không được quá 100"),
        ("pack.yaml", "questions_per_attempt: 3", "questions_per_attemt: 3", "questions_per_attemt", "Không có mục nào tên"),
        ("pack.yaml", "questions_per_attempt: 3", "questions_per_attempt: 9", "questions_per_attempt: 9", "chỉ có 5 câu"),
        ("pack.yaml", "pass_right: 2", "pass_right: 4", "pass_right: 4", "nhiều hơn số câu của đề"),
        ("pack.yaml", "prediction: true", "prediction: có", "prediction: có", "true hoặc false"),
        ("pack.yaml", "topics: [mot], count: 1", "topics: [mot], count: 3", "topics: [mot]", "chỉ chắc chắn còn"),
        ("pack.yaml", "topics: [mot], count", "topics: [ba], count", "topics: [ba]", "chưa khai trong mục contest.topics"),
        ("pack.yaml", "difficulty: 2, count: 1", "difficulty: 2, count: 9", "strata:", "nhiều hơn số câu"),
        ("pack.yaml", "difficulty: 2, count: 1", "difficulty: 2, count: 2", "difficulty: 2, count: 2", "chỉ chắc chắn còn 1 câu"),
        ("pack.yaml", "file: bia.png", "file: mat.png", "file: mat.png", "Không có ảnh “mat.png”"),
        ("pack.yaml", "file: bia.png", "file: ../../etc/passwd", "file: ..", "chỉ ra ngoài thư mục"),
        ("pack.yaml", "summary: {vi: \"Thi thử cho vui.\"}", "summary: {en: \"For fun.\"}", "summary", "Thiếu mục “vi”"),
        ("pack.yaml", "summary: {vi: \"Thi thử cho vui.\"}", "summary: {vi: \"  \"}", "summary", "đang để trống"),
        ("questions/mot.yaml", "  key: b\n", "", "- code: mot-01", "Thiếu mục “key”"),
        ("questions/mot.yaml", "key: b", "key: [b, c]", "key: [b, c]", "ghi là chọn một (single) nhưng có 2 đáp án đúng"),
        ("questions/mot.yaml", "key: b", "key: [b]", "key: [b]", "viết là một mã"),
        ("questions/mot.yaml", "key: b", "key: e", "key: e", "không có trong các phương án (a, b, c)"),
        ("questions/mot.yaml", "key: b", "key: {b: c}", "key: {b", "Chỉ câu ghép đôi"),
        ("questions/mot.yaml", "key: [a, c]", "key: [a]", "key: [a]", "ít nhất hai đáp án đúng"),
        ("questions/mot.yaml", "key: [a, c]", "key: a", "key: a", "đáp án là danh sách"),
        ("questions/mot.yaml", "key: [a, c]", "key: [a, b, c]", "key: [a, b, c]", "không thể mọi phương án đều đúng"),
        ("questions/mot.yaml", "key: [a, c]", "key: [a, a]", "key: [a, a]", "hai lần"),
        ("questions/hai.yaml", "key: [c, a, b]", "key: [c, a]", "key: [c, a]", "mỗi phương án một lần"),
        ("questions/hai.yaml", "key: [c, a, b]", "key: [c, a, a]", "key: [c, a, a]", "một lần"),
        ("questions/hai.yaml", "key: {a: \"2\", b: \"1\"}", "key: {a: \"2\"}", "key: {a", "còn thiếu: b"),
        ("questions/hai.yaml", "key: {a: \"2\", b: \"1\"}", "key: {a: \"2\", b: \"2\"}", "key: {a", "hai lần"),
        ("questions/hai.yaml", "key: {a: \"2\", b: \"1\"}", "key: {a: \"2\", b: \"9\"}", "key: {a", "không có trong “matches”"),
        ("questions/hai.yaml", "    - {code: \"2\", vi: \"Bên phải 2\"}\n", "", "    - {code: \"1\"", "bằng “options”"),
        ("questions/hai.yaml", "{code: f, vi: \"Sai\"}", "{code: x, vi: \"Sai\"}", "    - {code: t", "đúng hai phương án: t"),
        ("questions/mot.yaml", "- code: mot-02", "- code: mot-01", "picture:", "đã dùng ở questions/mot.yaml:1"),
        ("questions/mot.yaml", "{code: c, vi", "{code: a, vi", "    - {code: a, vi: \"Phương án c\"}", "ghi hai lần"),
        ("questions/mot.yaml", "Phương án c", "phương  án B", "    - {code: c", "giống hệt nhau"),
        ("questions/mot.yaml", "topic: mot", "topic: la", "topic: la", "chưa khai trong mục contest.topics"),
        ("questions/mot.yaml", "difficulty: 1", "difficulty: 4", "difficulty: 4", "không được quá 3"),
        ("questions/mot.yaml", "form: single", "form: sinlge", "form: sinlge", "single, several"),
        ("questions/mot.yaml", "vi: \"Câu một?\"", "en: \"Question?\"", "text:", "Thiếu mục “vi”"),
        ("questions/mot.yaml", "Câu một?", "Câu " + "một " * 400, "text:", "quá dài"),
        ("questions/mot.yaml", "code: mot-01", "code: Mot 01", "code: Mot 01", "chữ thường không dấu"),
        ("questions/mot.yaml", "file: hinh.png", "file: bia.svg", "file: bia.svg", "Không có ảnh"),
        ("questions/mot.yaml", "Vì thế.", "Vì thê\u0301.", "explanation", "Unicode dựng sẵn (NFC)"),
        ("questions/mot.yaml", "source: \"Nguồn thử\"", "source: \"Nguồn\x07thử\"", "source", "ký tự điều khiển"),
        ("questions/mot.yaml", "  form: single", "\tform: single", "\tform", "dấu tab"),
        ("questions/mot.yaml", "  key: b", "  key: b\n  key: c", "  key: c", "ghi hai lần trong cùng một nhóm"),
        ("questions/mot.yaml", "key: b", "key: &x b", "key: &x", "dấu neo"),
        ("questions/mot.yaml", "key: b", "key: *x", "key: *x", "dấu neo"),
        ("questions/mot.yaml", "key: b", "key: !!python/object:os.system b", "key: !!", "nhãn kiểu"),
        ("questions/mot.yaml", "alt: {vi: \"Một hình\"}", "alt: {vi: \"Một hình}", "alt:", "Thiếu dấu ngoặc kép đóng"),
        ("questions/mot.yaml", "  text: {vi: \"Câu một?\"}", "  text: {vi: Câu: một?, \"}", "  text", ""),
        ("questions/mot.yaml", "- code: mot-02", "---\n- code: mot-02", "---", "Một tệp chỉ chứa một phần"),
        ("readings.yaml", "code: hai-01", "code: hai-09", "code: hai-09", "Không có câu hỏi “hai-09”"),
        ("readings.yaml", "verdict: kept", "verdict: withdrawn", "code: mot-01", "đã rút khi đọc lại"),
        ("questions/mot.yaml", "    - {code: b, vi: \"Phương án b\"}\n    - {code: c, vi: \"Phương án c\"}\n  key: b", "  key: a", "    - {code: a", "cần từ 2 đến 6"),
        ("readings.yaml", "code: hai-01", "code: mot-01", "verdict: corrected", "đọc lại hai lần"),
        ("readings.yaml", "2026-11-20, verdict: kept", "20/11/2026, verdict: kept", "20/11/2026", "năm-tháng-ngày"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_file_and_line(
    broken: Break, file: str, part: str, instead: str, at: str, says: str
) -> None:
    text = FILES[file].replace(part, instead, 1)
    found = broken(file, part, instead)
    where = line_of(text, at)
    near = [error for error in found if error.file == file and abs(error.line - where) <= (0 if says else 1)]
    if "đã dùng ở" in says:  # the second of two alike, wherever its first stands
        near = [error for error in found if error.file == file]
    assert any(says in error.message for error in near), [str(error) for error in found]


def test_everything_wrong_is_told_at_once(pack: Path) -> None:
    text = FILES["questions/mot.yaml"]
    text = (
        text.replace("key: b", "key: [a, b]")
        .replace("difficulty: 2", "difficulty: hai")
        .replace("topic: mot", "topic: la", 1)
    )
    (pack / "questions/mot.yaml").write_text(text, encoding="utf-8")
    (pack / "pack.yaml").write_text(FILES["pack.yaml"].replace("version: 1", "version: 0"), encoding="utf-8")
    found = told(errors_of(pack))
    assert {
        ("pack.yaml", 2),
        ("questions/mot.yaml", 2),
        ("questions/mot.yaml", 10),
        ("questions/mot.yaml", 15),
    } <= set(found)
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("name", "raw", "line", "says"),
    [
        ("utf16.yaml", "- code: a\n".encode("utf-16"), 1, "UTF-8"),
        ("latin.yaml", "- code: a\n  vi: Ti\u00eang\n".encode("latin-1"), 2, "UTF-8"),
        ("huge.yaml", b"- x\n" * (MOST_BYTES // 4 + 1), 1, "quá lớn"),
        ("empty.yaml", b"", 1, "Tệp trống"),
        ("deep.yaml", b"[" * 5000 + b"]" * 5000, 1, "quá nhiều tầng"),
        ("many.yaml", b"- [" + b"a," * 70_000 + b"a]", 1, "quá nhiều tầng"),
        ("bomb.yaml", b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", 1, "dấu neo"),
        ("words.yaml", b"chi co chu", 1, "danh sách"),
        ("complex.yaml", b"? [a, b]\n: c\n", 1, "Tên mục"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_named(pack: Path, name: str, raw: bytes, line: int, says: str) -> None:
    (pack / "questions" / name).write_bytes(raw)
    found = [error for error in errors_of(pack) if error.file == f"questions/{name}"]
    assert any(error.line == line and says in error.message for error in found), [str(e) for e in found]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("hinh.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("hinh.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 200),
        ("hinh.png", b"GIF89a" + b"\0" * 60),
        ("hinh.png", b""),
    ],
)
def test_a_picture_that_is_none_is_named_where_the_question_names_it(
    pack: Path, name: str, raw: bytes
) -> None:
    (pack / "pictures" / name).write_bytes(raw)
    (found,) = errors_of(pack)
    assert (found.file, found.line) == (
        "questions/mot.yaml",
        line_of(FILES["questions/mot.yaml"], "file: hinh"),
    )
    assert "không phải là ảnh" in found.message


def test_an_svg_and_a_picture_of_a_billion_points_are_refused(pack: Path) -> None:
    (pack / "pictures" / "x.svg").write_text("<svg/>")
    Image.new("1", (20_000, 20_000)).save(pack / "pictures" / "bia.png")
    text = FILES["questions/mot.yaml"].replace("hinh.png", "x.svg")
    (pack / "questions/mot.yaml").write_text(text, encoding="utf-8")
    messages = " ".join(error.message for error in errors_of(pack))
    assert "không nhận SVG" in messages
    assert "quá nhiều điểm ảnh" in messages


def test_links_out_of_the_folder_are_refused(pack: Path) -> None:
    (pack / "questions" / "ra.yaml").symlink_to("/etc/hostname")
    (found,) = errors_of(pack)
    assert found.file == "questions/ra.yaml"
    assert "lối tắt" in found.message


def test_a_folder_without_a_pack(tmp_path: Path) -> None:
    (found,) = errors_of(tmp_path)
    assert (found.file, found.line) == ("pack.yaml", 1)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), hits=st.integers(1, 12))
def test_random_damage_gives_a_pack_or_its_errors_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, seed: int, hits: int
) -> None:
    chance = random.Random(seed)
    folder = write_pack(tmp_path_factory.mktemp("hong"))
    for _ in range(hits):
        path = folder / chance.choice([*FILES, "pictures/bia.png", "pictures/hinh.png"])
        if path.exists():
            _damage(chance, path)
    for error in _errors_if_any(folder):
        assert error.line >= 1
        assert error.message
        assert "%(" not in error.message


def _errors_if_any(folder: Path) -> list[PackError]:
    try:
        read_pack(folder)
    except PackInvalid as refused:
        return refused.errors or [PackError("", 0, "refused without a reason")]
    return []


def _damage(chance: random.Random, path: Path) -> None:
    raw = bytearray(path.read_bytes())
    at = chance.randrange(len(raw) + 1)
    kind = chance.randrange(7)
    if kind == 0:
        path.unlink()
        return
    if kind == 1:
        del raw[at : at + chance.randrange(1, 40)]
    elif kind == 2:
        raw[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 6)))
    elif kind == 3:
        raw[at:at] = chance.choice(
            [
                "\n",
                "  ",
                ": ",
                "- ",
                "[",
                "{",
                "}",
                '"',
                "&a ",
                "*a ",
                "!!int ",
                "null",
                "9",
                "ế",
                "\t",
                "---\n",
                "? ",
                "|\n",
                "~",
                "true",
            ]
        ).encode()
    elif kind == 4:
        lines = bytes(raw).split(b"\n")
        chance.shuffle(lines)
        raw = bytearray(b"\n".join(lines))
    elif kind == 5:
        lines = bytes(raw).split(b"\n")
        del lines[chance.randrange(len(lines))]
        raw = bytearray(b"\n".join(lines))
    else:
        lines = bytes(raw).split(b"\n")
        lines.insert(chance.randrange(len(lines)), chance.choice(lines))
        raw = bytearray(b"\n".join(lines))
    path.write_bytes(bytes(raw))


# --- brought as a zip ---------------------------------------------------------------------------------------------


def zipped(folder: Path, prefix: str = "", **extra: bytes) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, prefix + path.relative_to(folder).as_posix())
        for name, body in extra.items():
            archive.writestr(name, body)
    out.seek(0)
    return out


@pytest.mark.parametrize("prefix", ["", "goi-cua-xa/"])
def test_a_zipped_pack_is_kept_once_by_what_is_in_it(pack: Path, tmp_path: Path, prefix: str) -> None:
    data = tmp_path / "data"
    first = store.take_in(data, zipped(pack, prefix))
    second = store.take_in(data, zipped(pack, prefix, **{"__MACOSX/._x": b"x"}))
    assert first.folder == second.folder
    assert [folder.name for folder in store.at_hand(data)][-1] == first.folder.name
    assert [path.name for path in (data / "packs").iterdir()] == [first.folder.name]
    assert store.named(data, first.folder.name) == first.folder
    assert store.named(data, "../data/packs") is None


def test_a_wrong_zip_leaves_nothing_behind(pack: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (pack / "pack.yaml").write_text("pack: x", encoding="utf-8")
    with pytest.raises(PackInvalid):
        store.take_in(data, zipped(pack))
    assert list((data / "packs").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../ra.yaml", "/etc/ra.yaml", "a/../../ra.yaml", "a\\..\\ra.yaml", "C:ra.yaml", "x/./y.yaml"]
)
def test_a_zip_does_not_write_outside(pack: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(PackInvalid) as refused:
        store.take_in(tmp_path / "data", zipped(pack, "", **{name: b"x"}))
    assert "ra ngoài gói" in refused.value.errors[0].message
    assert not list(tmp_path.rglob("ra.yaml"))


def test_zips_that_are_none_or_too_much(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def says(file: io.BytesIO) -> str:
        with pytest.raises(PackInvalid) as refused:
            store.take_in(tmp_path / "data", file)
        return str(refused.value)

    assert "Không mở được" in says(io.BytesIO(b"not a zip"))
    assert "Không mở được" in says(io.BytesIO(zipped(pack).getvalue()[:-200]))
    assert "ảnh JPEG" in says(zipped(pack, "", **{"run.exe": b"MZ"}))
    bomb = zipped(pack, "", **{"questions/bomb.yaml": b" " * 50_000_000})
    assert len(bomb.getvalue()) < 200_000
    assert "quá lớn" in says(bomb)
    many = {f"questions/{n}.yaml": b"x" for n in range(store.MOST_FILES + 1)}
    assert "quá nhiều tệp" in says(zipped(pack, "", **many))
    link = zipped(pack)
    with zipfile.ZipFile(link, "a") as archive:
        member = zipfile.ZipInfo("questions/lien-ket.yaml")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    assert "lối tắt" in says(link)


def test_the_shipped_pack_is_right() -> None:
    read = read_pack(SHIPPED)
    assert len(read.rounds) == 3
    assert len(read.parts["contest"].questions) >= 150


def test_whoever_looks_through_all_packs_twice_reads_none_of_them_anew(tmp_path: Path) -> None:
    folders = store.at_hand(tmp_path)
    first = [store.read_once(folder) for folder in folders]
    assert len(first) > 1
    for folder, pack in zip(folders, first, strict=True):
        assert store.read_once(folder) is pack


def test_the_command_line_says_what_is_wrong(pack: Path) -> None:
    right = CliRunner().invoke(main, ["pack", "check", str(pack)])
    assert (right.exit_code, right.output.split(":")[0]) == (0, "thu v1")
    (pack / "pictures" / "hinh.png").unlink()
    wrong = CliRunner().invoke(main, ["pack", "check", str(pack)])
    assert wrong.exit_code == 1
    assert "questions/mot.yaml:26: Không có ảnh “hinh.png”" in wrong.output
