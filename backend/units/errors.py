from backend.errors import N_, DomainError


class UnitUnknown(DomainError):
    status = 404
    code = "unit_unknown"
    sentence = N_("Không có đơn vị này trong danh sách. Xin chọn lại xóm, tổ dân phố hoặc đơn vị của Ông/Bà.")


class ClassCodeUnknown(DomainError):
    status = 404
    code = "class_code_unknown"
    sentence = N_("Không có lớp nào dùng mã này. Xin hỏi lại thầy, cô giáo chủ nhiệm.")


class OneIsNotEnough(DomainError):
    status = 409
    code = "one_is_not_enough"
    sentence = N_("Xin chọn ít nhất hai đơn vị để nhập làm một.")


class NotYet(DomainError):
    status = 409
    code = "not_yet"
    sentence = N_("Ngày hiệu lực chưa tới. Xin nhập vào ngày ấy hoặc sau đó.")


class CannotMerge(DomainError):
    status = 409
    code = "cannot_merge"
    sentence = N_(
        "Chỉ nhập được các đơn vị cùng loại, cùng trực thuộc một đơn vị, đang hoạt động và đã có trước ngày hiệu lực."
    )


class OtherCommune(CannotMerge):
    code = "other_commune"
    sentence = N_(
        "Các đơn vị này thuộc hai xã, phường khác nhau. Ở đây chỉ sắp xếp được trong một xã; đổi địa giới giữa các xã là việc "
        "của cấp trên và chưa làm được trên máy chủ này."
    )


class HeadcountNewer(DomainError):
    status = 409
    code = "headcount_newer"
    sentence = N_(
        "Đơn vị nhận đã có số dân từ ngày hiệu lực trở đi nên không rõ số ấy đã gồm các đơn vị kia chưa. Xin chọn ngày khác."
    )


class CodeTaken(DomainError):
    status = 409
    code = "unit_code_taken"
    sentence = N_("Mã %(unit_code)s đã được dùng. Mỗi mã chỉ cấp một lần; xin chọn mã khác.")


class PlanOutdated(DomainError):
    status = 409
    code = "plan_outdated"
    sentence = N_(
        "Danh sách đơn vị vừa thay đổi nên bản xem trước không còn đúng. Chưa có gì được ghi; xin tải tệp lên và xem lại."
    )


class UploadGone(DomainError):
    status = 409
    code = "upload_gone"
    sentence = N_("Tệp này đã được ghi hoặc đã quá một ngày. Xin tải tệp lên lại.")


class DetailsMissing(DomainError):
    status = 409
    code = "merge_details_missing"
    sentence = N_(
        "Xin ghi đủ mã mới (chữ không dấu, chữ số, gạch nối), tên mới, số văn bản, và ngày theo dạng ngày/tháng/năm."
    )


class ActMissing(DomainError):
    status = 409
    code = "act_missing"
    sentence = N_("Xin ghi số, tên văn bản quyết định, và các ngày theo dạng ngày/tháng/năm.")
