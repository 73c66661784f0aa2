"""Why a deed about an initiative does not count, in words. Codes are kept for ever; sentences may improve."""

from backend.errors import N_

DEEDS = {
    "initiative_unknown": N_("Chưa thấy sáng kiến này ở đây. Xin gửi nội dung trước; việc vừa làm vẫn được giữ trên máy."),
    "initiative_taken": N_("Sáng kiến này do người khác viết nên không sửa được từ đây."),
    "initiative_decided": N_("Sáng kiến đã chuyển sang bước xét nên không sửa được nữa. Nội dung vẫn được giữ."),
    "initiative_withdrawn": N_("Sáng kiến này đã được rút. Muốn gửi lại, xin viết thành sáng kiến mới."),
    "unit_not_yours": N_("Ông/Bà không thuộc đơn vị này. Xin chọn đơn vị của mình."),
    "challenge_unknown": N_("Không có lời đặt hàng này."),
    "challenge_closed": N_("Lời đặt hàng này đã hết hạn. Ông/Bà vẫn gửi được sáng kiến mà không chọn lời đặt hàng."),
    "no_small_track": N_("Đợt này chỉ nhận hồ sơ đầy đủ."),
    "no_problem": N_("Xin ghi việc đang vướng là gì."),
    "no_solution": N_("Xin ghi cách làm mới."),
    "not_applied": N_("Hồ sơ đầy đủ cần nơi áp dụng và ngày bắt đầu áp dụng. Chưa áp dụng thì xin gửi thành ý tưởng nhỏ."),
    "no_effect": N_("Xin ghi hiệu quả, bằng số hoặc bằng lời."),
    "too_many_authors": N_("Nhiều tác giả quá mức quy định. Xin xem lại danh sách đồng tác giả."),
    "shares_not_100": N_("Tổng phần đóng góp phải đúng 100%. Xin xem lại."),
    "author_agreed": N_("Đồng tác giả đã đồng ý thì chỉ người ấy tự rút được."),
    "author_unknown": N_("Chưa thấy lời mời đồng tác giả này. Xin nhờ người viết mở ứng dụng khi có mạng rồi thử lại."),
    "author_taken": N_("Lời mời này đã có người khác nhận."),
    "not_published": N_("Sáng kiến này chưa được đăng nên chưa ủng hộ hay góp ý được."),
    "own_initiative": N_("Đây là sáng kiến của Ông/Bà."),
    "no_discussion": N_("Đợt này không mở mục góp ý."),
    "comment_unknown": N_("Không tìm thấy ý kiến này."),
    "comment_taken": N_("Ý kiến này do người khác viết."),
}  # fmt: skip
