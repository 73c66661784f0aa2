"""The words of a list of units: headings, kinds, trees and populations, and which of our codes each stands for."""

from collections.abc import Mapping

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("mã", "mã đơn vị", "code"),
    "kind": ("loại", "loại đơn vị", "kind", "type"),
    "level_word": ("cấp gọi", "từ chỉ cấp", "level word", "level_word"),
    "name": ("tên", "tên đơn vị", "name"),
    "parent": ("trực thuộc", "mã trực thuộc", "mã cấp trên", "parent"),
    "tree": ("cây", "hệ thống", "tree"),
    "since": ("từ ngày", "ngày thành lập", "since", "from"),
    "people": ("số người", "dân số", "số dân", "people", "headcount"),
    "population": ("nhóm dân số", "tính cho", "population"),
    "counted_on": ("ngày đếm", "ngày chốt số", "đếm ngày", "counted on", "counted_on"),
    "source": ("nguồn", "nguồn số liệu", "source"),
    "join_code": ("mã tham gia", "mã lớp", "join code", "join_code"),
}
REQUIRED = ("code", "kind", "name")

LEVEL_WORDS_OF_HAMLETS = (
    "xóm",
    "thôn",
    "bản",
    "ấp",
    "buôn",
    "làng",
    "phum",
    "sóc",
    "khóm",
    "khu phố",
    "tổ dân phố",
    "khu dân cư",
)
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "hamlet": (*LEVEL_WORDS_OF_HAMLETS, "hamlet"),
    "party_organisation": ("đảng bộ", "đảng bộ bộ phận", "chi bộ cơ sở", "party organisation"),
    "party_cell": ("chi bộ", "party cell", "cell"),
    "agency": ("cơ quan", "phòng", "trung tâm", "trạm", "agency"),
    "school": ("trường", "trường học", "school"),
    "school_class": ("lớp", "lớp học", "class"),
    "youth_branch": ("chi đoàn", "youth branch"),
    "association": ("hội", "đoàn thể", "hội đoàn thể", "chi hội", "association"),
    "body": ("ban", "tổ", "hội đồng", "ban chỉ đạo", "tổ giúp việc", "tổ công nghệ số cộng đồng", "body"),
}
TREE_WORDS: Mapping[str, tuple[str, ...]] = {
    "territory": ("chính quyền", "lãnh thổ", "địa bàn", "territory"),
    "party": ("đảng", "party"),
    "front": ("mặt trận", "đoàn thể", "front"),
    "youth": ("đoàn", "đoàn thanh niên", "youth"),
}
POPULATION_WORDS: Mapping[str, tuple[str, ...]] = {
    "residents_from_7": ("", "từ 7 tuổi", "dân từ 7 tuổi", "người từ 7 tuổi", "residents from 7"),
    "adults_present": ("người lớn có mặt", "người lớn thực tế có mặt", "adults present"),
    "residents": ("toàn bộ", "toàn dân", "dân số", "residents"),
    "members": ("đảng viên", "đoàn viên", "hội viên", "học sinh", "thành viên", "members"),
}
TREE_OF: Mapping[str, str] = {
    "party_organisation": "party",
    "party_cell": "party",
    "association": "front",
    "youth_branch": "youth",
}
LEVEL_WORD_OF: Mapping[str, str] = {
    "party_cell": "chi bộ",
    "school": "trường",
    "school_class": "lớp",
    "youth_branch": "chi đoàn",
}
