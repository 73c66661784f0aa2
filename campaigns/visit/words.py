"""What the settings of an activity of visits mean, in sentences anybody can read."""

from campaigns.visit.catalogue import services_of
from campaigns.visit.schemas import VisitSettings

Lines = dict[str, list[str]]


def rules_in_words(settings: VisitSettings) -> Lines:
    services = services_of(settings)
    pairs = [
        ("Người ghi: thành viên Tổ công nghệ số cộng đồng có tên trong quyết định thành lập, ghi ngay trên điện thoại, không cần có mạng.",
         "Who writes: members of the community digital team named in the decision that set it up, on the phone, with or without a signal."),
        ("Việc hướng dẫn: " + ", ".join(one.vi for one in services) + ".",
         "What is helped with: " + ", ".join(one.en or one.vi for one in services) + "."),
        ("Mỗi việc ghi rõ đến đâu: được giải thích, đã cài đặt, đã kích hoạt hay tự dùng được; chưa làm được thì ghi lý do.",
         "Each is written down with how far it went: explained, installed, activated or used alone; if it was not possible, why."),
        ("Trước khi ghi việc đã hướng dẫn, đọc câu xin đồng ý cho người lớn gặp được nghe. Không ghi số căn cước, mật khẩu, mã OTP, bệnh tật hay hoàn cảnh riêng của ai.",
         "Before anything is written down, the adult met hears the sentence asking for agreement. No identity numbers, passwords, codes, illnesses or private circumstances."),
        ("Mỗi hộ chỉ đếm một lần dù thăm nhiều lần; mỗi lần thăm vẫn được ghi. Số người đếm chung ở một buổi là số do Tổ khai, không phải số người khác nhau.",
         "A household is counted once however often it is visited; every visit is kept. A head count at a session is a declared figure, not distinct people."),
        ("Ghi sai thì ghi bản sửa; bản cũ vẫn còn để đối chiếu. Ghi trước khi đợt kết thúc mà gửi sau vẫn được tính.",
         "A mistake is put right by a new record; the old one stays readable. What was done before the end counts even if it is sent later."),
        ("Không xếp hạng thành viên và không nêu tên hộ chưa đến. Điều hộ không muốn được thăm nữa chỉ Tổ của mình thấy.",
         "Members are not ranked and no list names households not yet visited. A wish for no further visit is seen by the own team only."),
    ]  # fmt: skip
    return {"vi": [vi for vi, _ in pairs], "en": [en for _, en in pairs]}


def ranking_in_words(_settings: VisitSettings) -> Lines:
    """Teams help; nobody is ranked by it."""
    return {
        "vi": ["Hoạt động này không xếp hạng cá nhân."],
        "en": ["Nobody is ranked in this activity."],
    }


def in_short(settings: VisitSettings) -> dict[str, int | bool | None]:
    return {"services": len(services_of(settings)), "photos": settings.photos}
