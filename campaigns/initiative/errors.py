"""What cannot be done with an initiative at the console, and what to do instead."""

from backend.errors import N_, DomainError


class ChangedSince(DomainError):
    code = "initiative_changed"
    sentence = N_(
        "Sáng kiến đã có thay đổi sau khi trang này được mở. Xin xem lại bản mới nhất rồi làm tiếp."
    )


class NotNow(DomainError):
    code = "initiative_not_now"
    sentence = N_("Sáng kiến đang ở bước khác nên chưa làm được việc này. Xin tải lại trang.")


class WordsMissing(DomainError):
    code = "initiative_words_missing"
    sentence = N_("Xin ghi rõ lý do để tác giả và người xem sau hiểu.")


class AuthorsNotAgreed(DomainError):
    code = "initiative_authors_not_agreed"
    sentence = N_("Còn đồng tác giả chưa tự đồng ý. Xin chờ họ đồng ý, hoặc ghi nhận giấy đồng ý của họ.")


class DocumentMissing(DomainError):
    code = "initiative_document_missing"
    sentence = N_("Xin ghi đủ số, ngày và người ký của văn bản.")


class RubricFixed(DomainError):
    code = "initiative_rubric_fixed"
    sentence = N_("Đã có phiếu chấm nên không đổi được thang điểm. Muốn dùng thang khác, xin lập kỳ họp mới.")


class RubricUnusable(DomainError):
    code = "initiative_rubric_unusable"
    sentence = N_("Thang điểm chưa dùng được: mã trùng nhau, điểm đạt cao hơn điểm tối đa, hoặc mức đề nghị cao hơn tổng điểm.")  # fmt: skip


class CouncilIncomplete(DomainError):
    code = "initiative_council_incomplete"
    sentence = N_("Hội đồng cần một chủ tịch và đủ thành viên cho số người phải có mặt và số phiếu chấm.")


class NoCouncilMember(DomainError):
    code = "initiative_no_council_member"
    sentence = N_("Người này không thuộc hội đồng.")


class ConflictOfInterest(DomainError):
    status = 403
    code = "initiative_conflict"
    sentence = N_("Ông/Bà có liên quan đến sáng kiến này nên không chấm. Thường trực sáng kiến đã được báo để phân công người khác.")  # fmt: skip
    keeps_writes = True


class SheetHandedIn(DomainError):
    code = "initiative_sheet_handed_in"
    sentence = N_("Phiếu chấm đã nộp nên không sửa được nữa.")


class SheetIncomplete(DomainError):
    code = "initiative_sheet_incomplete"
    sentence = N_("Phiếu chấm còn thiếu điểm của một tiêu chí. Xin chấm đủ rồi nộp.")


class PointsOutOfRange(DomainError):
    code = "initiative_points_out_of_range"
    sentence = N_("Điểm phải từ 0 đến mức tối đa của tiêu chí.")


class MeetingBegan(DomainError):
    code = "initiative_meeting_began"
    sentence = N_("Cuộc họp đã bắt đầu và điểm đã được mở nên không chấm thêm được.")


class MeetingNotOpen(DomainError):
    code = "initiative_meeting_not_open"
    sentence = N_("Xin mở cuộc họp của hội đồng trước.")


class NoQuorum(DomainError):
    code = "initiative_no_quorum"
    sentence = N_("Chưa đủ thành viên có mặt theo quy định của hội đồng.")


class SheetsMissing(DomainError):
    code = "initiative_sheets_missing"
    sentence = N_("Chưa đủ phiếu chấm hợp lệ. Phiếu của người có liên quan không được tính.")


class AlreadyRecognised(DomainError):
    code = "initiative_already_recognised"
    sentence = N_("Sáng kiến này đã được công nhận ở phạm vi này theo quyết định %(document)s.")


class LookAlikeRecognised(DomainError):
    code = "initiative_look_alike_recognised"
    sentence = N_("Đã có sáng kiến rất giống được công nhận ở phạm vi này: %(code)s “%(title)s”. Nếu là hai việc khác nhau, xin ghi rõ khác ở chỗ nào.")  # fmt: skip


class StageJumped(DomainError):
    code = "initiative_stage_jumped"
    sentence = N_("Nhân rộng đi lần lượt: làm thử, đánh giá, rồi nhân rộng. Đánh giá cần ghi kết quả.")
