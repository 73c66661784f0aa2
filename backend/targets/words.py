"""What codes of this room are called, Vietnamese first; the sentences take the values that stand beside them."""

from backend.errors import N_

COMPARATORS = {
    "ge": N_("từ %(value)s trở lên"),
    "gt": N_("trên %(value)s"),
    "eq": N_("đạt %(value)s"),
    "le": N_("không quá %(value)s"),
    "lt": N_("dưới %(value)s"),
    "range": N_("từ %(value)s đến %(value_max)s"),
    "qualitative": N_("định tính"),
}
BASES = {"level": N_("tại mốc"), "total": N_("cộng dồn đến mốc"), "per_year": N_("mỗi năm")}
UNITS = {
    "count": N_("số lượng"),
    "count/yr": N_("số lượng mỗi năm"),
    "index 0–1": N_("chỉ số từ 0 đến 1"),
    "per 10k": N_("trên 1 vạn dân"),
    "% budget": N_("phần trăm chi ngân sách"),
    "% GRDP": N_("phần trăm GRDP"),
    "% (2035: % of ADULTS)": N_("phần trăm (riêng mốc 2035: của người trưởng thành)"),
}
SCOPES = {"measurable": N_("hệ thống có thể đo"), "manual": N_("nhập tay, có nguồn")}
ADDITIVITIES = {
    "sum": N_("cộng được qua các kỳ và đơn vị"),
    "distinct": N_("đếm người khác nhau, không cộng"),
    "last": N_("lấy số mới nhất, không cộng qua các kỳ"),
    "ratio": N_("tính lại từ tử số và mẫu số, không cộng, không lấy trung bình"),
}
BETWEEN = {
    "none": N_("Giữa hai mốc không nội suy"),
    "linear": N_("Giữa hai mốc nội suy theo đường thẳng"),
}
SERIES = {
    "measured": N_("Ghi nhận trên hệ thống"),
    "declared": N_("Báo cáo của đơn vị"),
    "official": N_("Chính thức"),
}
ABSENT = {
    "zero_denominator": N_("Mẫu số bằng 0 nên không có tỷ lệ; đó không phải là số 0."),
    "no_denominator": N_("Chưa có mẫu số nên chưa tính được tỷ lệ."),
}
STATES = {
    "attained": N_("Đạt"),
    "on_track": N_("Đúng tiến độ"),
    "likely_miss": N_("Có nguy cơ không đạt"),
    "cannot_say": N_("Chưa thể nói"),
}
WHY = {
    "reached": N_("Đã tới mức của mốc %(year)s."),
    "share_of_year": N_(
        "Mốc %(year)s đặt mức cho mỗi năm; tính theo phần năm đã qua, đến nay cần %(expected)s."
    ),
    "line": N_("Theo đường thẳng giữa hai mốc, đến nay cần %(expected)s."),
    "last_horizon_held": N_(
        "Vẫn giữ được mức của mốc trước (%(expected)s); đến mốc %(year)s chưa nói được, vì không nội suy."
    ),
    "last_horizon_missed": N_("Chưa tới mức của mốc đã qua (%(expected)s)."),
    "share_so_far": N_(
        "Đến nay bằng %(share)s %% mức của mốc %(year)s. Kế hoạch không ghi mức khởi đầu nên không kẻ đường phải đi; nhanh hay chậm xin đơn vị tự xem."
    ),
    "behind_any_start": N_(
        "Kế hoạch không ghi mức khởi đầu; nhưng dù khởi đầu từ 0 mà đi đều tới mốc %(year)s thì đến kỳ này cũng đã phải được %(expected)s."
    ),
    "no_start": N_("Chưa tới mốc %(year)s và không có mốc trước cùng cách tính để so."),
    "no_target": N_("Kế hoạch không đặt chỉ tiêu này."),
    "no_target_ahead": N_("Kế hoạch không đặt mốc nào từ năm nay trở đi."),
    "qualitative": N_("Chỉ tiêu định tính: đánh giá bằng lời, không chấm bằng số."),
    "not_rated": N_("Mức này đặt cho cả xã; xóm, tổ dân phố không bị chấm theo chỉ tiêu."),
    "of_the_whole": N_("Mức này đặt cho cả đơn vị ban hành kế hoạch, chưa chia cho từng đơn vị trực thuộc."),
    "no_figure": N_("Chưa có số liệu."),
    "zero_denominator": N_("Mẫu số bằng 0 nên không có tỷ lệ; đó không phải là số 0."),
    "no_denominator": N_("Chưa có mẫu số nên chưa tính được tỷ lệ."),
}
MISSED = N_("Nhưng vẫn chưa tới mức của mốc %(year)s đã qua (%(value)s).")
ANOMALIES = {
    "lower_later": N_("Thấp hơn mốc trước: %(before)s đặt %(old)s, mốc này chỉ còn %(new)s."),
    "two_values": N_("Văn bản ghi hơn một số cho cùng một mốc: %(numbers)s."),
    "basis_change": N_(
        "Đổi cách tính: mốc %(before)s tính %(old)s, mốc này tính %(new)s; hai số không so thẳng được."
    ),
    "range": N_("Chỉ tiêu là một khoảng, từ %(low)s đến %(high)s."),
    "ends_early": N_("Sau mốc này văn bản không nhắc nữa, trong khi các chỉ tiêu khác có đến %(last)s."),
    "jump": N_("Nhảy vọt: từ %(old)s năm %(before)s lên %(new)s."),
    "denominator_switch": N_("Mốc này chia cho số khác: %(denominator)s."),
    "part_over_whole": N_("Đặt %(value)s, nhiều hơn chính số mà nó là một phần (%(whole)s: %(of)s)."),
    "below_floor": N_("Đặt %(value)s, thấp hơn mức sàn %(floor)s. %(source)s."),
    "two_denominators": N_(
        "Gần như cùng một khoản với %(other)s nhưng chia cho số khác (%(unit)s và %(other_unit)s)."
    ),
    "marked": N_("Người chép văn bản đánh dấu chỗ này là lạ: %(as_written)s."),
}
