"""A small pack that is right, for tests that break it."""

from pathlib import Path

from PIL import Image

PACK = """\
pack: thu
version: 1
campaign_kind: outreach
title: {vi: "Cuộc thi thử", en: "A trial contest"}
summary: {vi: "Thi thử cho vui."}
themes: ["Chuyển đổi số"]
cover:
  file: bia.png
  alt: {vi: "Bìa của cuộc thi"}
contest:
  topics:
    - {code: mot, vi: "Chủ đề một"}
    - {code: hai, vi: "Chủ đề hai"}
rounds:
  - title: {vi: "Đợt 1"}
    opens_day: 0
    closes_day: 6
    activities:
      - kind: contest
        code: dot-1
        title: {vi: "Đợt 1"}
        settings:
          questions_per_attempt: 3
          strata:
            - {topics: [mot], count: 1}
            - {difficulty: 2, count: 1}
          pass_right: 2
          prediction: true
          bank: whole
        rules:
          vi: |-
            Tự mình trả lời.
  - title: {vi: "Đợt 2"}
    opens_day: 7
    closes_day: 13
    activities:
      - kind: contest
        code: dot-2
        title: {vi: "Đợt 2"}
        settings: {questions_per_attempt: 2, pass_right: 1, bank: whole}
"""
ONE = """\
- code: mot-01
  topic: mot
  difficulty: 1
  form: single
  text: {vi: "Câu một?"}
  options:
    - {code: a, vi: "Phương án a"}
    - {code: b, vi: "Phương án b"}
    - {code: c, vi: "Phương án c"}
  key: b
  explanation: {vi: "Vì thế."}
  source: "Nguồn thử"
- code: mot-02
  topic: mot
  difficulty: 2
  form: several
  text: {vi: "Câu hai?", en: "Question two?"}
  options:
    - {code: a, vi: "Phương án a"}
    - {code: b, vi: "Phương án b"}
    - {code: c, vi: "Phương án c"}
  key: [a, c]
  explanation: {vi: "Vì thế."}
  source: "Nguồn thử"
  picture:
    file: hinh.png
    alt: {vi: "Một hình"}
"""
TWO = """\
- code: hai-01
  topic: hai
  difficulty: 1
  form: true_false
  text: {vi: "Câu ba đúng hay sai?"}
  options:
    - {code: t, vi: "Đúng"}
    - {code: f, vi: "Sai"}
  key: t
  explanation: {vi: "Vì thế."}
  source: "Nguồn thử"
- code: hai-02
  topic: hai
  difficulty: 2
  form: ordering
  text: {vi: "Xếp theo thứ tự?"}
  options:
    - {code: a, vi: "Việc a"}
    - {code: b, vi: "Việc b"}
    - {code: c, vi: "Việc c"}
  key: [c, a, b]
  explanation: {vi: "Vì thế."}
  source: "Nguồn thử"
- code: hai-03
  topic: hai
  difficulty: 3
  form: matching
  text: {vi: "Ghép đôi?"}
  options:
    - {code: a, vi: "Bên trái a"}
    - {code: b, vi: "Bên trái b"}
  matches:
    - {code: "1", vi: "Bên phải 1"}
    - {code: "2", vi: "Bên phải 2"}
  key: {a: "2", b: "1"}
  explanation: {vi: "Vì thế."}
  source: "Nguồn thử"
"""
READINGS = """\
- {code: mot-01, read_on: 2026-11-20, verdict: kept, note: {vi: "Đọc lại, giữ nguyên."}}
- {code: hai-01, read_on: 2026-11-20, verdict: corrected, note: {vi: "Sửa một chữ."}}
"""
FILES = {
    "pack.yaml": PACK,
    "questions/mot.yaml": ONE,
    "questions/hai.yaml": TWO,
    "readings.yaml": READINGS,
}


def write_pack(folder: Path) -> Path:
    """The small pack in a folder."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "pictures").mkdir(exist_ok=True)
    for name, colour in (("bia.png", "#8c1c2b"), ("hinh.png", "#0f5c63")):
        Image.new("RGB", (1600, 900), colour).save(folder / "pictures" / name)
    return folder
