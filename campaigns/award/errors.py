"""What cannot be done with an award, and what to do instead."""

from backend.errors import N_, DomainError


class AwardChanged(DomainError):
    code = "award_changed"
    sentence = N_(
        "Danh sách đã có thay đổi sau khi trang này được mở. Xin xem lại bản mới nhất rồi làm tiếp."
    )


class AwardNotNow(DomainError):
    code = "award_not_now"
    sentence = N_("Danh sách đang ở bước khác nên chưa làm được việc này. Xin tải lại trang.")


class AwardNotYours(DomainError):
    status = 403
    code = "award_not_yours"
    sentence = N_("Bước này là của vai trò khác hoặc của đơn vị khác. Xin chuyển cho người phụ trách.")


class SamePerson(DomainError):
    status = 403
    code = "award_same_person"
    sentence = N_("Ông/Bà đã làm một bước khác của danh sách này. Người đề nghị, hội đồng, người ký và văn thư phải là bốn người khác nhau.")  # fmt: skip


class OwnAward(DomainError):
    status = 403
    code = "award_own"
    sentence = N_("Danh sách này có tên Ông/Bà nên xin để người khác làm bước này.")


class NoChain(DomainError):
    code = "award_no_chain"
    sentence = N_("Chưa có trình tự xét cho loại khen thưởng này. Xin chọn khối hoặc bậc khác.")


class FormUnknown(DomainError):
    code = "award_form_unknown"
    sentence = N_(
        "Hình thức này không dùng được cho khối, bậc hoặc đối tượng đã chọn. Xin chọn hình thức khác."
    )


class WrongLine(DomainError):
    code = "award_wrong_line"
    sentence = N_(
        "Khối này do đơn vị của chính tổ chức ấy đề nghị và quyết định. Xin chọn lại khối hoặc đơn vị."
    )


class NobodyNominated(DomainError):
    code = "award_nobody"
    sentence = N_("Danh sách chưa còn ai. Xin thêm ít nhất một cá nhân hoặc tập thể.")


class NameMissing(DomainError):
    code = "award_name_missing"
    sentence = N_("Xin ghi họ tên hoặc tên tập thể, và thành tích.")


class AlreadyNominated(DomainError):
    code = "award_already_nominated"
    sentence = N_("“%(name)s” đã có trong danh sách này.")


class NameAlike(DomainError):
    code = "award_name_alike"
    sentence = N_("“%(name)s” đã có trong danh sách hoặc trong sổ về thành tích này. Nếu là người khác trùng tên, xin ghi rõ ở ô “Là người khác”, ít nhất mười chữ cái.")  # fmt: skip


class AccountUnknown(DomainError):
    code = "award_account_unknown"
    sentence = N_("Không tìm thấy mã biên nhận này, hoặc mã là của người tên khác. Xin xem lại mã và họ tên; không có mã thì để trống.")  # fmt: skip


class FirmUnclear(DomainError):
    code = "award_firm_unclear"
    sentence = N_("Có nhiều nơi cùng tên này. Xin chọn đúng dòng có tên xóm trong gợi ý.")


class AppealedAlready(DomainError):
    code = "award_appealed_already"
    sentence = N_("Ông/Bà đã gửi kiến nghị về danh sách này. Xin chờ trả lời; trả lời hiện ngay tại đây.")


class WordsMissing(DomainError):
    code = "award_words_missing"
    sentence = N_("Xin ghi rõ lý do, ít nhất mười chữ cái, để người xem sau hiểu.")


class MinutesMissing(DomainError):
    code = "award_minutes_missing"
    sentence = N_("Xin ghi ngày họp, số người có mặt, số phiếu đồng ý và tóm tắt biên bản; số phiếu không quá số người có mặt.")  # fmt: skip


class SignatureMissing(DomainError):
    code = "award_signature_missing"
    sentence = N_("Xin ghi họ tên và chức vụ của người ký.")


class NumberMissing(DomainError):
    code = "award_number_missing"
    sentence = N_("Xin ghi số và ngày của quyết định; ngày không ở tương lai.")


class NumberTaken(DomainError):
    code = "award_number_taken"
    sentence = N_("Số %(number)s năm %(year)s đã dùng cho một quyết định khác. Xin kiểm tra lại sổ công văn.")


class AwardedAlready(DomainError):
    code = "award_awarded_already"
    sentence = N_("“%(name)s” đã được khen về thành tích này (%(document)s). Một thành tích không khen nhiều lần: xin bỏ tên này hoặc trả lại danh sách; đã có số quyết định thì vào sổ và gạch số của tên này.")  # fmt: skip


class AwardedElsewhere(AwardedAlready):
    """For whoever may not read the other case: which line it is of tells of a membership."""

    code = "award_awarded_elsewhere"
    sentence = N_("“%(name)s” đã được khen về thành tích này ở nơi khác. Một thành tích không khen nhiều lần: xin bỏ tên này hoặc trả lại danh sách; đã có số quyết định thì vào sổ và gạch số của tên này.")  # fmt: skip


class OverBudget(DomainError):
    code = "award_over_budget"
    sentence = N_("“%(prize)s” chỉ có %(most)s giải nhưng danh sách cần nhiều hơn. Xin bớt tên trước khi ký, hoặc sửa số giải ở trang giải thưởng.")  # fmt: skip


class PrizeTaken(DomainError):
    code = "award_prize_taken"
    sentence = N_("“%(name)s” đã nhận một giải khác. Mỗi người chỉ nhận một giải: xin bỏ tên này hoặc trả lại danh sách; đã có số quyết định thì vào sổ và gạch số của tên này.")  # fmt: skip


class PrizeThere(DomainError):
    code = "award_prize_there"
    sentence = N_("Đã có giải “%(name)s”. Xin sửa giải ấy, hoặc đặt tên khác cho giải mới.")


class PrizeWrong(DomainError):
    code = "award_prize_wrong"
    sentence = N_(
        "Xin ghi tên giải, số lượng từ 1 và số tiền từ 0 đồng. Không giảm số lượng dưới số đã trao."
    )


class NoPrize(DomainError):
    code = "award_no_prize"
    sentence = N_("Dòng này không có giải, đã bị thu hồi hoặc đã trao rồi.")


class NothingToRecover(DomainError):
    code = "award_nothing_to_recover"
    sentence = N_("Xin ghi số tiền đã thu về, không quá số đã trao và nhiều hơn số đã ghi trước; ngày từ hôm trao đến hôm nay. Chỉ ghi cho dòng đã bị thu hồi.")  # fmt: skip


class PaperExists(DomainError):
    code = "award_paper_exists"
    sentence = N_("Dòng này đã có giấy hoặc đã trao giải nên không hủy số được. Xin dùng “Thu hồi”: giấy và trang kiểm tra sẽ báo đã thu hồi.")  # fmt: skip


class NotStanding(DomainError):
    code = "award_not_standing"
    sentence = N_("Dòng này đã bị thu hồi hoặc đã hủy số.")


class Answered(DomainError):
    code = "award_answered"
    sentence = N_("Kiến nghị này đã có trả lời.")


class SourceNotSettled(DomainError):
    code = "award_source_not_settled"
    sentence = N_("Kết quả của “%(title)s” chưa chốt nên chưa gợi ý được. Xin chốt kết quả trước.")


class SourceMissing(DomainError):
    code = "award_source_missing"
    sentence = N_("Quy tắc này dựa vào hoạt động “%(code)s” nhưng cuộc vận động không có hoạt động ấy.")


class GiverOfAnother(DomainError):
    status = 409
    code = "giver_of_another"
    sentence = N_("Cơ quan tặng phải mang tên đơn vị đã quyết định khen thưởng. Xin ghi lại, hoặc để trống.")
