from backend.errors import N_, DomainError


class UnitUnknown(DomainError):
    status = 404
    code = "unit_unknown"
    sentence = N_("Không có đơn vị này trong danh sách. Xin chọn lại xóm, tổ dân phố hoặc đơn vị của Ông/Bà.")


class ClassCodeUnknown(DomainError):
    status = 404
    code = "class_code_unknown"
    sentence = N_("Không có lớp nào dùng mã này. Xin hỏi lại thầy, cô giáo chủ nhiệm.")
