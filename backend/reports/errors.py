from backend.errors import N_, DomainError


class ReportUnknown(DomainError):
    status = 404
    code = "report_unknown"
    sentence = N_("Không tìm thấy báo cáo này trong phạm vi của Ông/Bà.")


class StepNotOpen(DomainError):
    code = "report_step_not_open"
    sentence = N_("Báo cáo đang ở bước “%(state)s” nên chưa làm được việc này. Xin tải lại trang.")


class MovedOn(DomainError):
    """Two people had the same page open."""

    code = "report_moved_on"
    sentence = N_("Có người vừa làm bước khác với báo cáo này. Xin xem lại rồi làm tiếp.")


class SamePerson(DomainError):
    code = "report_same_person"
    sentence = N_(
        "Người soạn thảo, thẩm định, ký, văn thư và người tiếp nhận phải là những người khác nhau. Xin để người khác làm bước này."
    )


class WordsMissing(DomainError):
    code = "report_words_missing"
    sentence = N_("Xin ghi rõ lý do, ít nhất mười chữ cái.")


class NumberMissing(DomainError):
    code = "report_number_missing"
    sentence = N_("Xin ghi số văn bản và ngày ban hành (ngày/tháng/năm) đã vào sổ. Hệ thống không tự cho số.")


class NumberTaken(DomainError):
    code = "report_number_taken"
    sentence = N_("Số %(number)s đã dùng cho báo cáo khác trong năm %(year)s. Xin xem lại sổ văn bản.")


class DayBeforeSigning(DomainError):
    code = "report_day_before_signing"
    sentence = N_("Ngày ban hành không thể trước ngày ký hoặc sau hôm nay.")


class ChildrenMissing(DomainError):
    code = "report_children_missing"
    sentence = N_(
        "Cấp dưới còn báo cáo hoặc phiếu điểm chưa gửi: %(units)s. Xin đợi các đơn vị này, hoặc ghi rõ vì sao vẫn làm khi chưa có."
    )


class ParentLocked(DomainError):
    code = "report_parent_locked"
    sentence = N_(
        "Báo cáo của %(unit)s đã khóa, trong đó có kỳ này. Muốn mở lại, xin đề nghị mở lại báo cáo của %(unit)s trước; nếu không, ghi phần điều chỉnh vào kỳ sau."
    )


class NotYours(DomainError):
    status = 403
    code = "report_not_yours"
    sentence = N_(
        "Việc này thuộc người giữ vai trò “%(role)s” của nơi gửi, ở đúng bên Đảng hoặc chính quyền."
    )


class NotYoursAbove(DomainError):
    status = 403
    code = "report_not_yours_above"
    sentence = N_("Việc này thuộc văn phòng của nơi nhận, ở đúng bên Đảng hoặc chính quyền.")


class TextChanged(DomainError):
    code = "report_text_changed"
    sentence = N_(
        "Có người vừa lưu mục này. Phần Ông/Bà viết vẫn còn nguyên bên dưới; xin so lại rồi lưu lần nữa."
    )


class TextTooLong(DomainError):
    code = "report_text_too_long"
    sentence = N_("Mục này dài quá %(most)s chữ. Phần Ông/Bà viết vẫn còn nguyên; xin rút gọn.")


class NotEditable(DomainError):
    code = "report_not_editable"
    sentence = N_(
        "Báo cáo đã trình nên không sửa được nữa. Muốn sửa, xin đề nghị người đang giữ trả lại để bổ sung."
    )


class DueDayWrong(DomainError):
    code = "report_due_day_wrong"
    sentence = N_("Ngày hạn là số từ 1 đến 31; số tháng sau kỳ là số từ 0 đến 12.")


class DueDaysWrong(DomainError):
    code = "report_due_days_wrong"
    sentence = N_("Số ngày sau khi hết kỳ là số từ 0 đến 366.")


class PaperWordsMissing(DomainError):
    status = 422
    code = "report_paper_words_missing"
    sentence = N_(
        "Quốc hiệu, tiêu ngữ và tiêu đề không để trống được. Chỉ dấu kết thúc văn bản để trống được."
    )


class EndDayWrong(DomainError):
    code = "report_end_day_wrong"
    sentence = N_(
        "Xin ghi ngày thôi báo cáo (ngày/tháng/năm), từ hôm nay trở đi. Các kỳ đã hết trước ngày ấy vẫn phải gửi."
    )


class DutyEnded(DomainError):
    code = "report_duty_ended"
    sentence = N_("Báo cáo định kỳ này đã thôi từ ngày %(day)s. Muốn giao lại, xin thêm mới.")


class PeriodNotExpected(DomainError):
    code = "report_period_not_expected"
    sentence = N_("Đơn vị này không phải báo cáo kỳ ấy. Xin chọn kỳ trong danh sách.")


class ExportUnknown(DomainError):
    status = 404
    code = "report_export_unknown"
    sentence = N_("Chỉ có các bản docx, pdf và xlsx.")


class ObligationUnknown(DomainError):
    code = "report_obligation_unknown"
    sentence = N_(
        "Không kế hoạch nào quy định báo cáo như vậy (loại, kỳ, bên Đảng hay chính quyền). Xin chọn trong danh sách."
    )


class CalendarDoesNotFit(DomainError):
    """An interval of another calendar."""

    status = 422
    code = "report_calendar_does_not_fit"
    sentence = N_("Lịch “%(calendar)s” không có kỳ báo cáo này. Xin chọn kỳ hoặc lịch khác.")


class CalendarNotYours(DomainError):
    """Somebody else's own calendar."""

    status = 422
    code = "report_calendar_not_yours"
    sentence = N_(
        "Lịch này không phải của nơi gửi, nơi nhận hay cấp trên của hai nơi ấy. Xin chọn lịch khác."
    )


class DutyTaken(DomainError):
    code = "report_duty_taken"
    sentence = N_("Đơn vị này đã có báo cáo định kỳ ấy.")


class CardUnpublished(DomainError):
    code = "report_card_unpublished"
    sentence = N_("Phiếu chưa công bố bản nào nên chưa trình ký được. Xin công bố phiếu trước.")


class ReceiverUnknown(DomainError):
    code = "report_receiver_unknown"
    sentence = N_("Phiếu điểm gửi lên đơn vị cấp trên trực tiếp. Xin chọn nơi nhận trong danh sách.")


class LockedAbove(DomainError):
    """A card is not opened behind the back of whoever locked the paper signed on it."""

    code = "report_card_locked_above"
    sentence = N_(
        "Phiếu đã khóa theo văn bản gửi %(unit)s (%(line)s). Xin mở lại văn bản ấy ở trang ký duyệt; phiếu sẽ mở theo."
    )


class AnsweredAbove(DomainError):
    code = "report_answered_above"
    sentence = N_(
        "Báo cáo này đã chuyển sang máy chủ của nơi nhận; việc tiếp nhận, trả lại hay khóa làm ở đó và tự hiện tại đây. Xin chờ câu trả lời."
    )


class TextNamesSomebody(DomainError):
    code = "report_text_names_somebody"
    sentence = N_(
        "Báo cáo này sẽ sang máy chủ khác nên không được có số điện thoại, số giấy tờ tùy thân hay thư điện tử của ai. Xin bỏ phần ấy trong bài viết rồi trình lại."
    )


class ProposalUnknown(DomainError):
    status = 404
    code = "proposal_unknown"
    sentence = N_("Không tìm thấy kiến nghị này trong phạm vi của Ông/Bà.")


class ProposalNotOpen(DomainError):
    code = "proposal_not_open"
    sentence = N_("Kiến nghị này đã trả lời hoặc đã chuyển đi rồi. Xin tải lại trang để xem.")


class ProposalIncomplete(DomainError):
    status = 400
    code = "proposal_incomplete"
    sentence = N_(
        "Xin chọn loại và lĩnh vực, ghi tiêu đề ít nhất năm chữ cái và nội dung ít nhất mười chữ cái."
    )


class ProposalOfficeUnknown(DomainError):
    status = 422
    code = "proposal_office_unknown"
    sentence = N_(
        "Xin chọn trong danh sách cơ quan gửi kiến nghị; đó là những nơi người dùng này được thay mặt."
    )


class ProposalTermWrong(DomainError):
    status = 400
    code = "proposal_term_wrong"
    sentence = N_("Hạn trả lời phải là một ngày (ngày/tháng/năm) sau hôm nay và trong vòng một năm.")


class ProposalNamesSomebody(DomainError):
    status = 400
    code = "proposal_names_somebody"
    sentence = N_(
        "Lời này sang máy chủ khác nên không được có số điện thoại, số giấy tờ tùy thân hay thư điện tử của ai. Xin bỏ đi rồi gửi lại."
    )


class NobodyAbove(DomainError):
    code = "proposal_nobody_above"
    sentence = N_(
        "Đơn vị này chưa có cấp trên trong hệ thống để chuyển đến. Xin nhờ người quản trị kết nối máy chủ cấp trên, rồi gửi lại."
    )
