"""Why a deed about a movement does not count, in words. Codes are kept for ever; sentences may improve."""

from backend.errors import N_

DEEDS = {
    "firms_not_here": N_("Phong trào này không nhận đăng ký của doanh nghiệp, hộ kinh doanh, hợp tác xã."),
    "entrant_hamlet_unknown": N_("Không tìm thấy xóm này trong phạm vi phong trào. Xin chọn lại xóm."),
    "firm_taken": N_("Ở xóm này đã có người đăng ký tên này. Xin liên hệ xã để được ghi nhận đúng người, đúng nơi."),
    "entrant_name_missing": N_("Xin ghi tên doanh nghiệp, hộ kinh doanh hoặc hợp tác xã."),
    "firm_enrolled": N_("Nơi này đã đăng ký trong phong trào. Xin mở bản đăng ký có sẵn."),
    "entrant_unknown": N_("Không tìm thấy bản đăng ký này. Nội dung vẫn được giữ; xin đăng ký trước rồi tự đánh giá."),
    "entrant_withdrawn": N_("Bản đăng ký này đã rút. Muốn tham gia lại, xin đăng ký lại."),
    "criterion_unknown": N_("Có tiêu chí không thuộc phong trào này. Nội dung vẫn được giữ; xin mở lại trang rồi ghi."),
    "promise_too_low": N_("Có mức đăng ký thấp hơn mức tối thiểu. Xin ghi lại."),
    "promise_frozen": N_("Đã có sơ kết nên mức đăng ký giữ nguyên. Kết quả làm được đến đâu ghi ở phần tự đánh giá."),
    "movement_over": N_("Phong trào đã tổng kết nên không ghi thêm được."),
}  # fmt: skip
