from backend.errors import N_, DomainError
from backend.units.sheets import SheetRefused


class IndicatorUnknown(DomainError):
    status = 404
    code = "indicator_unknown"
    sentence = N_("Không có chỉ tiêu mang mã này trong danh mục.")


class SetUnknown(DomainError):
    status = 404
    code = "target_set_unknown"
    sentence = N_("Không có bộ chỉ tiêu này.")


class FigureRefused(DomainError):
    """A figure that cannot be taken as it was typed; the children say why."""

    status = 422
    code = "figure_refused"
    sentence = N_("Số liệu chưa ghi được. Xin xem lại.")


class NothingSaid(FigureRefused):
    code = "figure_empty"
    sentence = N_("Chưa có con số nào. Chưa có số liệu thì để trống, không ghi 0.")


class NoNumber(FigureRefused):
    code = "figure_no_number"
    sentence = N_("“%(word)s” không phải là một con số. Xin chỉ ghi chữ số, dấu phẩy trước phần thập phân.")


class Ambiguous(FigureRefused):
    code = "figure_ambiguous"
    sentence = N_(
        "“%(word)s” có thể hiểu hai cách. Xin bỏ dấu ngăn hàng nghìn, và dùng dấu phẩy trước phần thập phân."
    )


class BelowZero(FigureRefused):
    code = "figure_below_zero"
    sentence = N_("Tử số, mẫu số không thể âm.")


class DenominatorMissing(FigureRefused):
    code = "figure_denominator_missing"
    sentence = N_("Có tử số mà thiếu mẫu số nên không tính được tỷ lệ. Xin ghi mẫu số.")


class NumeratorMissing(FigureRefused):
    code = "figure_numerator_missing"
    sentence = N_("Có mẫu số mà thiếu tử số. Xin ghi tử số, kể cả khi tử số bằng 0.")


class DivisionByZero(FigureRefused):
    code = "figure_division_by_zero"
    sentence = N_("Mẫu số bằng 0 mà tử số lớn hơn 0: không thể như vậy. Xin xem lại hai số.")


class DoesNotAgree(FigureRefused):
    code = "figure_does_not_agree"
    sentence = N_("Tử số chia mẫu số được %(worked)s, khác với con số đã ghi là %(typed)s. Xin sửa cho khớp.")


class NoFraction(FigureRefused):
    code = "figure_no_fraction"
    sentence = N_("Chỉ tiêu này là một con số đếm, không có tử số và mẫu số. Xin ghi vào ô giá trị.")


class EvidenceMissing(FigureRefused):
    code = "figure_evidence_missing"
    sentence = N_(
        "Xin ghi minh chứng hoặc nguồn: số văn bản, biểu mẫu, hệ thống nào. Số không có nguồn không được ghi."
    )


class NotBegun(FigureRefused):
    code = "figure_not_begun"
    sentence = N_("Kỳ %(period)s chưa bắt đầu nên chưa thể có số liệu.")


class WordsMissing(FigureRefused):
    code = "figure_words_missing"
    sentence = N_("Xin ghi lý do.")


class SaidMeanwhile(DomainError):
    status = 409
    code = "figure_said_meanwhile"
    sentence = N_("Vừa có người khác ghi số cho đúng kỳ này. Xin tải lại, xem số mới rồi ghi tiếp nếu cần.")


class SetNotReady(DomainError):
    status = 422
    code = "target_set_not_ready"
    sentence = N_("Bộ chỉ tiêu phải có tên, cơ quan ban hành và ngày có hiệu lực.")


class SetSuperseded(DomainError):
    status = 409
    code = "target_set_superseded"
    sentence = N_("Bộ chỉ tiêu ấy đã có bộ khác thay, hoặc không thuộc đơn vị này. Xin tải lại và chọn lại.")


class WrongSheet(SheetRefused):
    code = "sheet_wrong_sheet"
    sentence = N_(
        "Trang đầu của tệp là “%(sheet)s”, thiếu các cột: %(columns)s. Xin đưa trang số liệu lên đầu, hoặc dùng tệp mẫu."
    )


class TooManyFigures(SheetRefused):
    status = 413
    code = "sheet_too_many_figures"
    sentence = N_("Tệp quá lớn: nhiều nhất %(most)s dòng, 4 MB một lần. Xin chia nhỏ tệp rồi gửi lại.")


class NoDataValues(SheetRefused):
    code = "data_values_unreadable"
    sentence = N_(
        "Tệp này không phải dataValueSets (JSON hoặc CSV) của DHIS2. Xin xuất lại từ hệ thống nguồn."
    )
