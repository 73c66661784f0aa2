"""Why a deed does not count, in words every kind shares. The code is kept for ever; the sentence may improve."""

from backend.errors import N_

SHARED = {
    "activity_unknown": N_("Không có hoạt động này ở đây."),
    "action_unknown": N_("Ứng dụng trên máy đã cũ. Xin tải lại ứng dụng."),
    "body_invalid": N_("Nội dung gửi lên không đọc được nên được giữ riêng để xem lại."),
    "seq_taken": N_("Máy đã gửi một việc khác với cùng số thứ tự. Bản này được giữ riêng để xem lại."),
    "content_differs": N_("Việc này đã được ghi nhận với nội dung khác. Bản sau được giữ riêng để xem lại."),
    "not_readable": N_("Nội dung gửi lên không đọc được nên được giữ riêng để xem lại."),
    "write_failed": N_("Chưa ghi được việc này; bản gửi được giữ riêng để cán bộ xem lại."),
    "not_open_yet": N_("Hoạt động chưa mở."),
    "closed": N_("Hoạt động đã đóng."),
    "paused": N_("Cuộc vận động đang tạm dừng. Bài đang làm vẫn được làm nốt; xin bắt đầu bài mới sau."),
    "excluded": N_("Thành viên các tổ, ban tổ chức cuộc thi không dự thi."),
    "group_missing": N_("Cuộc thi này dành cho nhóm khác. Xin xem thể lệ."),
    "consent_missing": N_("Cần đồng ý tham gia trước khi bắt đầu."),
    "child_assent_missing": N_("Em cần đồng ý tham gia trước khi bắt đầu."),
    "guardian_consent_missing": N_("Cần cha, mẹ hoặc người giám hộ đồng ý trước khi em tham gia."),
    "class_code_missing": N_("Em cần nhập mã lớp do thầy, cô giáo đưa."),
    "too_young": N_("Tuổi chưa phù hợp với thể lệ."),
}
