"""Why one node does not take what another one sent, in words: for the operators of a link and for the office that sent figures.

A packet is called "bản gửi" before people's eyes: "gói" is a campaign's, "kỳ" a month or a year.
"""

from flask_babel import gettext

from backend.errors import N_

WHY = {
    # who speaks, and whether it is they
    "not-signed": N_("không có chữ ký"),
    "bad-signature-input": N_("chữ ký viết sai khuôn dạng"),
    "bad-signature": N_("chữ ký không khớp"),
    "answer-not-signed": N_("câu trả lời không có chữ ký của bên kia"),
    "answer-bad-signature": N_("chữ ký của câu trả lời không khớp"),
    "answer-packed": N_("câu trả lời bị nén lại trên đường"),
    "answer-too-large": N_("câu trả lời quá lớn"),
    "no-link": N_("không gọi được máy chủ bên kia"),
    "unknown-peer": N_("máy chủ chưa đăng ký, hoặc đã ngừng kết nối"),
    "unknown-key": N_("ký bằng khóa chưa đăng ký"),
    "key-over": N_("ký bằng khóa đã thôi dùng"),
    "key-known": N_("khóa mới này đã thôi dùng từ trước"),
    "key-not-believed": N_("ký bằng khóa không còn được tin"),
    "key-not-proven": N_("bên gửi chưa chứng tỏ có khóa mới"),
    "key-not-signer": N_("khóa cũ không ký giới thiệu khóa mới"),
    "clock-skew": N_("đồng hồ lệch quá xa"),
    "replayed": N_("tin gửi lại lần nữa"),
    "rate-limited": N_("gửi quá dồn dập"),
    "busy": N_("máy chủ đang bận"),
    "which-line": N_("nối với bên kia trong nhiều hệ thống mà tệp không nói của hệ thống nào"),
    # the shape of what came
    "bad-digest": N_("nội dung bị sửa trên đường"),
    "bad-length": N_("độ dài ghi sai"),
    "length-required": N_("không ghi độ dài"),
    "body-too-large": N_("nội dung quá lớn"),
    "bad-encoding": N_("nén sai cách"),
    "cut-short": N_("đường truyền đứt giữa chừng"),
    "idempotency_key": N_("bản gửi không kèm mã kiểm của chính nó"),
    "not-a-frame": N_("nội dung không phải bản gửi"),
    "not-a-packet": N_("nội dung không phải bản gửi"),
    "not-a-document": N_("nội dung không phải văn bản"),
    "not-a-catalogue": N_("nội dung không phải danh mục văn bản"),
    "not-canonical": N_("cách viết không đúng khuôn"),
    "malformed": N_("viết sai khuôn dạng"),
    "malformed-value": N_("có chỗ ghi sai khuôn dạng"),
    "too-deep": N_("nội dung lồng quá nhiều lớp"),
    "too-large": N_("nội dung quá lớn"),
    "stick-cut": N_("tệp chép tay bị thiếu phần cuối"),
    "stick-too-large": N_("tệp chép tay quá lớn"),
    "too-many-frames": N_("tệp chép tay có quá nhiều bản gửi"),
    "invalid": N_("nội dung không đúng mẫu"),
    "body-invalid": N_("nội dung văn bản không đúng mẫu"),
    # its place among the others
    "gap": N_("thiếu bản gửi ở giữa"),
    "fork": N_("hai bản gửi khác nhau mang cùng số"),
    "old-epoch": N_("bản gửi từ trước khi bên gửi khôi phục máy chủ"),
    "epoch-ahead": N_(
        "dãy số mang ngày chưa đến: đồng hồ bên gửi đi trước, hoặc người khác dùng khóa của bên ấy"
    ),
    "diverged": N_("hai bên không thống nhất đã gửi đến đâu"),
    "too-many-held": N_("bên nhận đã giữ quá nhiều bản gửi đang chờ mẫu phiếu hoặc lịch"),
    "too-much-today": N_("hôm nay đã gửi quá nhiều"),
    "too-many-streams": N_("đã mở quá nhiều dãy bản gửi"),
    "not-for-us": N_("bản gửi cho máy chủ khác"),
    "wrong-node": N_("của máy chủ khác"),
    "other-sender": N_("bản gửi ghi tên máy chủ khác"),
    "other-place": N_("số của bản gửi không khớp"),
    "other-packet": N_("giấy báo nhận của bản gửi khác"),
    "receipt-over": N_("giấy báo nhận từ trước khi bên kia khôi phục máy chủ"),
    "wrong-line": N_("loại bản gửi này không đi trong hệ thống này"),
    "other-line": N_("bản gửi của hệ thống khác"),
    "wrong-direction": N_("loại này không gửi theo chiều ấy"),
    "unknown-stream": N_("bên nhận chưa biết loại bản gửi này"),
    "unknown-schema": N_("bên nhận chưa đọc được phiên bản này"),
    "software-too-old": N_("phần mềm ở đây còn cũ"),
    # documents from the level above
    "kind-unknown": N_("ở đây chưa biết loại văn bản này"),
    "conflicts-here": N_("văn bản trái với điều đang có ở đây"),
    "chain-broken": N_("văn bản không nối tiếp văn bản trước"),
    "number-taken": N_("số ấy đã có văn bản khác"),
    "not-in-catalogue": N_("văn bản không có trong danh mục"),
    "old-catalogue": N_("danh mục văn bản đã cũ"),
    "out-of-scope": N_("văn bản không gửi cho đơn vị này"),
    "unknown-document": N_("không có văn bản ấy"),
    "more-than-there-are": N_("báo nhiều nơi nhận hơn số nơi có"),
    # figures
    "outside-reach": N_("đơn vị không thuộc phạm vi máy chủ này được báo số liệu"),
    "unit-ended-before": N_("đơn vị đã thôi tồn tại trước kỳ này"),
    "unit-not-below": N_("có đơn vị không thuộc đơn vị gửi"),
    "unit-twice": N_("một đơn vị ghi hai lần"),
    "template-unknown": N_("bên nhận chưa có mẫu phiếu này"),
    "other-template": N_("mẫu phiếu không khớp với bên nhận"),
    "calendar-unknown": N_("bên nhận chưa có lịch này"),
    "period-unknown": N_("lịch không có kỳ này"),
    "future-period": N_("kỳ chưa kết thúc theo đồng hồ bên nhận"),
    "no-such-day": N_("có ngày không có trên lịch"),
    "no-such-moment": N_("có thời điểm không có thật"),
    "bad-moment": N_("có thời điểm không có thật"),
    "other-dataset": N_("loại số liệu không khớp với mẫu phiếu"),
    "other-elements": N_("các tiêu chí không khớp với mẫu phiếu"),
    "scope-not-full": N_("thiếu số của một đơn vị hoặc một tiêu chí"),
    "sum-differs": N_("số của cả đơn vị khác tổng số các xóm, tổ"),
    "value-differs": N_("kết quả khác với tử số, mẫu số đã ghi"),
    "value-too-large": N_("có con số quá lớn"),
    "figure-missing": N_("có ô thiếu con số"),
    "hidden-yet-told": N_("có số ghi là giữ lại mà vẫn nêu"),
    "small-number-shown": N_("có số của nhóm quá ít người chưa được giữ lại"),
    "reason-missing": N_("bản sửa không ghi lý do"),
    "names-a-person": N_("có số điện thoại, số giấy tờ hoặc thư điện tử của người"),
    "words-name-somebody": N_("lời ghi có số điện thoại, số giấy tờ hoặc thư điện tử của người"),
    "older-revision": N_("đã có bản mới hơn"),
    "overtaken": N_("trong lúc bản này chờ đã có bản sau được xếp vào"),
    "same-revision-other-figures": N_("cùng số bản mà con số khác nhau"),
    "not-ours": N_("câu trả lời về đơn vị khác"),
    "not-sent": N_("câu trả lời cho bản không gửi đến đó"),
    "other-figures": N_("câu trả lời không khớp với số liệu đã gửi"),
    "answered-otherwise": N_("bản này đã được trả lời khác"),
    # contests of many communes
    "not-yours": N_("đơn vị không thuộc phạm vi máy chủ này được báo"),
    "unknown-contest": N_("bên nhận không có cuộc thi này"),
    "unknown-round": N_("cuộc thi không có đợt này"),
    "other-rules": N_("thể lệ không khớp với cuộc thi"),
    "other-total": N_("tổng số không khớp"),
    "does-not-add-up": N_("các số cộng lại không khớp"),
    "more-than-agreed": N_("nhiều dòng kết quả hơn số đã thống nhất"),
    "twice-numbered": N_("hai dòng kết quả mang cùng số"),
    "too-early": N_("đợt thi chưa đóng"),
    # reports and proposals
    "bad-file": N_("tệp đính kèm hỏng"),
    "paper-missing": N_("thiếu văn bản của báo cáo"),
    "beyond-reach": N_("đơn vị không thuộc phạm vi máy chủ này được báo"),
    "report-locked": N_("báo cáo đã khóa"),
    "unknown-obligation": N_("bên nhận không giao báo cáo này"),
    "unknown-unit": N_("bên nhận không có đơn vị này"),
    "unknown-topic": N_("bên nhận không có lĩnh vực này"),
    "ref-taken": N_("kiến nghị mang mã đã dùng"),
    "other-ref": N_("câu trả lời cho kiến nghị khác"),
}
"""Why, as it follows a colon. Every code this software answers with is here: tests/admin/test_refusal_words."""
THEN = {
    "outside-reach": N_("Xin báo người vận hành hai bên xem lại đơn vị của kết nối."),
    "template-unknown": N_("Bản gửi được giữ lại ở đó và tự xếp vào khi có mẫu."),
    "calendar-unknown": N_("Bản gửi được giữ lại ở đó và tự xếp vào khi có lịch."),
    "names-a-person": N_("Xin sửa lý do hoặc tên đơn vị rồi công bố bản mới."),
    "future-period": N_("Xin nhờ người vận hành kiểm tra đồng hồ máy chủ."),
    "reason-missing": N_("Xin ghi lý do rồi công bố bản kế tiếp."),
    "older-revision": N_("Không phải làm gì: cấp trên dùng bản mới hơn."),
    "overtaken": N_("Không phải làm gì: cấp trên dùng bản mới hơn."),
    "too-many-held": N_("Máy chủ tự gửi lại sau; cấp trên cần nạp mẫu phiếu hoặc lịch còn thiếu."),
    "too-much-today": N_("Máy chủ tự gửi tiếp vào ngày mai."),
    "scope-not-full": N_("Xin kiểm tra phiếu, công bố bản kế tiếp; nếu vẫn bị từ chối, xin báo người vận hành."),
    "sum-differs": N_("Xin kiểm tra phiếu, công bố bản kế tiếp; nếu vẫn bị từ chối, xin báo người vận hành."),
    "other-template": N_("Xin áp dụng bản mẫu phiếu mới nhất của cấp trên rồi công bố bản kế tiếp."),
    "other-elements": N_("Xin áp dụng bản mẫu phiếu mới nhất của cấp trên rồi công bố bản kế tiếp."),
    "unknown-stream": N_("Máy chủ cấp trên cần nâng cấp phần mềm; bản gửi vẫn nằm chờ ở đây."),
    "unknown-schema": N_("Máy chủ cấp trên cần nâng cấp phần mềm; bản gửi vẫn nằm chờ ở đây."),
    "key-over": N_("Máy chủ tự ký lại bằng khóa mới rồi gửi; nếu sau một ngày vẫn vướng, xin báo người vận hành."),
    "unknown-key": N_("Người vận hành cần đăng ký khóa mới với cấp trên; bản gửi vẫn nằm chờ ở đây."),
    "fork": N_("Người vận hành kiểm tra bản sao lưu rồi chạy lantoa new-epoch: những bản còn thiếu tự gửi lại."),
    "gap": N_("Máy chủ tự gửi lại từ bản còn thiếu."),
    "old-epoch": N_("Máy chủ tự gửi lại bằng dãy số mới."),
    "epoch-ahead": N_("Người vận hành chỉnh giờ máy chủ rồi chạy lantoa new-epoch; bản gửi vẫn nằm chờ ở đây."),
    "clock-skew": N_("Xin nhờ người vận hành chỉnh lại giờ máy chủ; bản gửi vẫn nằm chờ ở đây."),
}  # fmt: skip
"""What whoever sent it can do; where nothing is said the operators have to."""
OTHERWISE = N_("Xin báo người vận hành.")
UNKNOWN = N_("lý do mang mã %(code)s, phần mềm ở đây chưa biết")


def why(code: str) -> str:
    """'thiếu bản gửi ở giữa'; of a code newer than this software the code itself, to be told to an operator."""
    return gettext(WHY[code]) if code in WHY else gettext(UNKNOWN, code=code)


def refusal(code: str) -> str:
    """'Thiếu bản gửi ở giữa. Máy chủ tự gửi lại từ bản còn thiếu.'"""
    words = why(code)
    return f"{words[:1].upper()}{words[1:]}. {gettext(THEN.get(code, OTHERWISE))}"
