"""Why a deed about a pledge does not count, in words. Codes are kept for ever; sentences may improve."""

from backend.errors import N_

DEEDS = {
    "no_item": N_("Bản đăng ký chưa có việc nào. Xin ghi ít nhất một việc."),
    "too_many_items": N_("Bản đăng ký nhiều việc quá mức quy định. Xin bỏ bớt hoặc gộp lại."),
    "item_without_measure": N_("Có việc chưa ghi kết quả cần đạt. Xin ghi rõ làm được đến đâu thì coi là xong."),
    "item_without_due": N_("Có việc chưa ghi thời hạn. Xin chọn ngày hoàn thành."),
    "no_digital_item": N_("Bản đăng ký cần ít nhất một việc về chuyển đổi số."),
    "pledge_decided": N_("Bản đăng ký đã chuyển sang đánh giá nên không sửa được nữa."),
    "pledge_unknown": N_("Chưa có bản đăng ký nào để làm việc này. Xin ghi việc và gửi chi bộ trước."),
    "item_taken": N_("Việc này không thuộc bản đăng ký của Đồng chí. Nội dung vẫn được giữ; xin ghi lại thành việc mới."),
    "item_unknown": N_("Không tìm thấy việc này trong bản đăng ký. Nội dung vẫn được giữ; xin chọn lại việc."),
    "not_in_force": N_("Chi bộ chưa xác nhận bản đăng ký nên chưa tự đánh giá được."),
    "class_unknown": N_("Mức tự nhận này không có trong quy định đang áp dụng."),
    "receipt_unknown": N_("Không tìm thấy mã biên nhận này trong việc của Đồng chí. Xin xem lại ở mục Biên nhận."),
    "member_exempt": N_("Chi bộ đã ghi Đồng chí không phải đăng ký năm nay."),
}  # fmt: skip
