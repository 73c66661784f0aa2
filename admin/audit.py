"""The audit trail for those who watch over the node. Reading it is itself put on it."""

import uuid
from dataclasses import dataclass

from flask import Response, request
from flask_babel import gettext

from admin import campaign_words, shown
from admin.blueprint import AUDIT_ROLES, actor, blueprint, page
from admin.consents import LOOKUP, PROOF, REASONS
from backend import clock, http
from backend.errors import N_
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import ROLES, names_of, reach
from backend.safeguards.audit import LAST_PAGE, entries, note
from backend.safeguards.models import AuditEntry
from backend.scorecards.indicators import template
from backend.units.queries import named_many
from backend.units.tags import TAG_WORDS
from campaigns.contest.reasons import REMOVALS
from campaigns.queries import activities

FACTS_READ = "facts.read"
SEE_ALL = ("dpo", "system_operator")
FILTERS = {"all": None, "writes": False, "reads": True}
DEEDS = {
    "exemplary.change": N_("Sửa bài về mô hình điển hình"),
    "exemplary.published": N_("Đăng mô hình điển hình"),
    "exemplary.visit": N_("Ghi lượt đến học mô hình điển hình"),
    "exemplary.withdrawn": N_("Gỡ mô hình điển hình"),
    "exemplary.write": N_("Viết về mô hình điển hình"),
    "movement.assess": N_("Ghi phần tự đánh giá của doanh nghiệp, hộ kinh doanh"),
    "movement.confirm": N_("Xác nhận bản đăng ký thi đua"),
    "movement.declare": N_("Kê khai kết quả thi đua"),
    "movement.enrol": N_("Đăng ký thi đua"),
    "movement.final": N_("Công bố tổng kết phong trào thi đua"),
    "movement.firm": N_("Ghi doanh nghiệp, hộ kinh doanh, hợp tác xã"),
    "movement.firm_deleted": N_("Xóa doanh nghiệp, hộ kinh doanh, hợp tác xã khi chủ yêu cầu"),
    "movement.firm_read": N_("Mở bản đăng ký của doanh nghiệp, hộ kinh doanh"),
    "movement.firm_verified": N_("Đã xem giấy tờ của doanh nghiệp, hộ kinh doanh"),
    "movement.firms_read": N_("Mở danh sách doanh nghiệp, hộ kinh doanh"),
    "movement.interim": N_("Công bố sơ kết phong trào thi đua"),
    "movement.launch": N_("Ghi văn bản phát động thi đua"),
    "movement.launch_out": N_("Bỏ văn bản phát động thi đua"),
    "movement.promise": N_("Sửa mức đăng ký thi đua"),
    "movement.return": N_("Gửi lại bản đăng ký thi đua"),
    "movement.review": N_("Lập bản sơ kết, tổng kết thi đua"),
    "movement.review_out": N_("Bỏ bản sơ kết, tổng kết soạn dở"),
    "movement.tag": N_("Ghi đặc điểm của đơn vị"),
    "movement.tag_off": N_("Ghi đơn vị không còn đặc điểm"),
    "movement.withdraw": N_("Rút bản đăng ký thi đua"),
    "common.alone": N_("Chốt đợt thi chung theo số riêng của xã"),
    "common.anew": N_("Xếp lại đợt thi chung theo số mới"),
    "common.give_out": N_("Nhận làm nơi tổ chức cuộc thi chung"),
    "common.publish": N_("Công bố danh sách chung kết nhiều xã"),
    "common.ready": N_("Gửi số của xã cho cuộc thi chung"),
    "common.total": N_("Chốt số chung của cuộc thi nhiều xã"),
    "activity.closed": N_("Đóng hoạt động"),
    "activity.open": N_("Mở hoạt động"),
    "activity.settled": N_("Chốt kết quả"),
    "targets.read": N_("Xem chỉ tiêu và số liệu"),
    "targets.declare": N_("Ghi số của đơn vị cho chỉ tiêu"),
    "targets.explain": N_("Nêu lý do chênh lệch số liệu"),
    "targets.import": N_("Nhập số liệu chính thức"),
    "targets.issue": N_("Ghi bộ chỉ tiêu"),
    "targets.export": N_("Xuất số liệu chỉ tiêu"),
    "audit.read": N_("Xem nhật ký"),
    "calendar.extend": N_("Thêm kỳ vào lịch riêng"),
    "calendar.make": N_("Lập lịch riêng của đơn vị"),
    "campaign.archive": N_("Lưu trữ cuộc vận động"),
    "campaign.close": N_("Đóng cuộc vận động"),
    "campaign.discard": N_("Xóa bản nháp cuộc vận động"),
    "campaign.edit": N_("Sửa cuộc vận động"),
    "campaign.evaluated": N_("Ghi kết quả đánh giá thí điểm"),
    "campaign.launch": N_("Phát động cuộc vận động"),
    "campaign.pause": N_("Tạm dừng cuộc vận động"),
    "campaign.prepare": N_("Soạn cuộc vận động từ gói nội dung"),
    "campaign.release": N_("Duyệt phát hành cuộc vận động"),
    "campaign.resume": N_("Cho cuộc vận động tiếp tục"),
    "campaign.scaled": N_("Nhân rộng sau thí điểm"),
    "campaign.withdraw": N_("Thu lại cuộc vận động về bản nháp"),
    "card.answered": N_("Trả lời kiến nghị về phiếu điểm"),
    "card.appealed": N_("Kiến nghị về phiếu điểm"),
    "card.checked": N_("Kiểm tra xác suất cho phiếu điểm"),
    "card.evidence": N_("Tải tệp minh chứng của phiếu điểm"),
    "card.filed": N_("Nộp tệp minh chứng cho phiếu điểm"),
    "card.unfiled": N_("Bỏ tệp minh chứng của phiếu điểm"),
    "card.dropped": N_("Bỏ tính điểm cao hơn mức tối đa của bản mẫu mới"),
    "card.known": N_("Xem phiếu điểm như đã biết một ngày"),
    "card.locked": N_("Khóa phiếu điểm"),
    "card.named": N_("Ghi người chịu trách nhiệm của phiếu điểm"),
    "card.opened": N_("Mở phiếu điểm"),
    "card.publish": N_("Công bố phiếu điểm"),
    "card.read": N_("Xem phiếu điểm của kỳ"),
    "card.rows": N_("Mở ra xem bản ghi sau một tiêu chí của phiếu điểm"),
    "card.reasoned": N_("Nêu lý do chênh lệch trên phiếu điểm"),
    "card.recount": N_("Tính lại phiếu điểm để đối chiếu"),
    "card.reopened": N_("Mở lại phiếu điểm"),
    "card.scored": N_("Chấm điểm chính thức"),
    "card.self_scored": N_("Đơn vị tự chấm phiếu điểm"),
    "card.submit": N_("Đưa phiếu điểm lên luồng ký duyệt"),
    "card.template": N_("Chuyển phiếu điểm sang bản mẫu mới"),
    "card.waived": N_("Ghi là không kiến nghị về phiếu điểm"),
    "award.draft": N_("Lập danh sách đề nghị khen thưởng"),
    "award.strike": N_("Bỏ tên khỏi danh sách khen thưởng"),
    "award.propose": N_("Đề nghị khen thưởng"),
    "award.council": N_("Ghi ý kiến hội đồng về khen thưởng"),
    "award.sign": N_("Xác nhận đã ký quyết định khen thưởng"),
    "award.number": N_("Cho số quyết định khen thưởng"),
    "award.register": N_("Chuyển danh sách khen thưởng vào sổ"),
    "award.give_back": N_("Trả lại danh sách khen thưởng"),
    "award.drop": N_("Không làm tiếp danh sách khen thưởng"),
    "award.enter": N_("Ghi vào sổ khen thưởng"),
    "award.void": N_("Hủy số trong sổ khen thưởng"),
    "award.revoke": N_("Thu hồi khen thưởng"),
    "award.prize": N_("Đặt cơ cấu giải thưởng"),
    "award.hand_over": N_("Ghi việc trao giải"),
    "award.recover": N_("Ghi tiền giải thưởng thu về"),
    "award.appeal": N_("Kiến nghị về khen thưởng"),
    "award.answer": N_("Trả lời kiến nghị về khen thưởng"),
    "award.suggest": N_("Xem gợi ý khen thưởng"),
    "award.read": N_("Xem danh sách khen thưởng"),
    "award.read_facts": N_("Xem số liệu sau một tên trong danh sách khen thưởng"),
    "award.read_book": N_("Xem sổ khen thưởng"),
    "award.export_book": N_("Tải sổ khen thưởng"),
    "award.read_appeals": N_("Xem kiến nghị về khen thưởng"),
    "honour.open": N_("Mở bảng vinh danh"),
    "honour.close": N_("Đóng bảng vinh danh"),
    "honour.show": N_("Đưa phần thưởng của mình lên bảng vinh danh"),
    "honour.hide": N_("Gỡ phần thưởng của mình khỏi bảng vinh danh"),
    "thanks.give": N_("Cảm ơn một người"),
    "thanks.give_all": N_("Cảm ơn mọi người đã tham gia"),
    "batch.make": N_("Lập lô giấy"),
    "batch.stop": N_("Dừng lô giấy"),
    "batch.mend": N_("Sửa tên chưa in được trong lô giấy"),
    "certificate.anew": N_("Cấp lại giấy chứng nhận"),
    "certificate.looked_up": N_("Tra một giấy để cấp lại"),
    "batch.go_on": N_("Cho lô giấy chạy tiếp"),
    "batch.read": N_("Tải giấy đã in của một lô"),
    "batch.preview": N_("Xem trước danh sách cấp giấy"),
    "batch.refused": N_("Xem giấy chưa in được của một lô"),
    "design.save": N_("Lưu mẫu giấy"),
    "design.retire": N_("Ngừng dùng mẫu giấy"),
    "design.picture": N_("Thêm ảnh vào mẫu giấy"),
    "certificate.issue": N_("Cấp giấy chứng nhận"),
    "certificate.revoke": N_("Thu hồi giấy chứng nhận"),
    "key.rotate": N_("Thay khóa ký của máy chủ"),
    "key.withdraw": N_("Thu hồi một khóa ký của máy chủ"),
    "consent.figures": N_("Xem số liệu về sự đồng ý"),
    "consent.give": N_("Đồng ý"),
    "consent.give_for_child": N_("Người giám hộ đồng ý cho trẻ em"),
    "consent.lookup": N_("Tra cứu sự đồng ý của một người"),
    "consent.proof": N_("Mở bản chứng minh sự đồng ý"),
    "consent.withdraw": N_("Rút lại đồng ý"),
    "contest.remove": N_("Không công nhận bài thi"),
    "contestant.read": N_("Xem người dự thi của một bài"),
    "demo.plant": N_("Gieo dữ liệu dùng thử"),
    "device.lost": N_("Báo mất máy của thành viên tổ"),
    FACTS_READ: N_("Mở ra xem bản ghi sau số liệu"),
    "figures.rebuild": N_("Đếm lại toàn bộ số liệu"),
    "household.add": N_("Thêm hộ"),
    "household.assign": N_("Giao hộ cho tổ"),
    "household.card": N_("Cấp thẻ mới cho hộ"),
    "household.import": N_("Nhập danh sách hộ"),
    "household.merge": N_("Gộp hai hộ"),
    "household.move": N_("Ghi nơi ở mới của hộ"),
    "household.rename": N_("Đổi tên gọi của hộ"),
    "household.unmerge": N_("Tách lại hai hộ gộp nhầm"),
    "initiative.agree_on_paper": N_("Ghi đồng tác giả đồng ý bằng giấy"),
    "initiative.assign": N_("Phân công chấm sáng kiến"),
    "initiative.change_marks": N_("Sửa thang điểm của hội đồng sáng kiến"),
    "initiative.clear_namesake": N_("Ghi người chấm chỉ trùng tên với tác giả"),
    "initiative.close_meeting": N_("Ghi biên bản họp hội đồng sáng kiến"),
    "initiative.conflict": N_("Người chấm có liên quan đến sáng kiến"),
    "initiative.convene": N_("Lập hội đồng sáng kiến"),
    "initiative.declare_conflict": N_("Ghi người chấm có liên quan đến sáng kiến"),
    "initiative.declare_family": N_("Ghi người chấm là người nhà của tác giả"),
    "initiative.endorse": N_("Đơn vị ủng hộ sáng kiến"),
    "initiative.evaluated": N_("Đơn vị đánh giá sau khi làm thử sáng kiến"),
    "initiative.hand_in_sheet": N_("Nộp phiếu chấm sáng kiến"),
    "initiative.hide_comment": N_("Ẩn một ý kiến góp ý"),
    "initiative.hold_back": N_("Tạm chưa đăng sáng kiến"),
    "initiative.invalid": N_("Ghi hồ sơ sáng kiến không hợp lệ"),
    "initiative.judge_reads": N_("Người chấm mở xem sáng kiến được giao"),
    "initiative.leave_comment": N_("Xem ý kiến bị báo và để nguyên"),
    "initiative.let_go": N_("Đơn vị thôi áp dụng sáng kiến"),
    "initiative.not_recommend": N_("Hội đồng không đề nghị công nhận sáng kiến"),
    "initiative.note": N_("Ghi nhận ý tưởng nhỏ"),
    "initiative.note_privately": N_("Ghi chú nội bộ về sáng kiến"),
    "initiative.open_meeting": N_("Mở cuộc họp hội đồng sáng kiến"),
    "initiative.order": N_("Đặt hàng sáng kiến"),
    "initiative.order_until": N_("Đổi ngày cuối của lời đặt hàng sáng kiến"),
    "initiative.pilot": N_("Đơn vị làm thử sáng kiến"),
    "initiative.publish": N_("Đăng sáng kiến cho mọi người xem"),
    "initiative.read": N_("Mở xem một sáng kiến"),
    "initiative.read_file": N_("Mở xem tệp của một sáng kiến"),
    "initiative.recognise": N_("Ghi quyết định công nhận sáng kiến"),
    "initiative.recommend": N_("Hội đồng đề nghị công nhận sáng kiến"),
    "initiative.refuse": N_("Ghi không công nhận sáng kiến"),
    "initiative.replicated": N_("Đơn vị nhân rộng sáng kiến"),
    "initiative.return": N_("Gửi lại sáng kiến để bổ sung"),
    "initiative.revoke": N_("Thu hồi quyết định công nhận sáng kiến"),
    "initiative.show_comment": N_("Cho hiện lại một ý kiến góp ý"),
    "initiative.step_aside": N_("Người chấm xin không chấm"),
    "initiative.take_in": N_("Nhập danh sách sáng kiến"),
    "initiative.take_off": N_("Giao người khác chấm sáng kiến"),
    "initiative.valid": N_("Ghi hồ sơ sáng kiến hợp lệ"),
    "inspection.accept": N_("Đoàn kiểm tra ghi đã khắc phục"),
    "inspection.answer": N_("Đơn vị báo kết quả khắc phục"),
    "inspection.ask_again": N_("Đoàn kiểm tra đề nghị khắc phục tiếp"),
    "inspection.conclude": N_("Ghi kết luận kiểm tra"),
    "inspection.decide": N_("Mở cuộc kiểm tra"),
    "inspection.find": N_("Ghi phát hiện khi kiểm tra"),
    "inspection.plan": N_("Ghi cuộc kiểm tra vào chương trình"),
    "inspection.publish": N_("Công khai kết luận kiểm tra"),
    "inspection.read_facts": N_("Đoàn kiểm tra mở bản ghi sau số liệu"),
    "inspection.read_plans": N_("Đoàn kiểm tra xem nhiệm vụ của đơn vị"),
    "inspection.read_pledges": N_("Đoàn kiểm tra mở bản đăng ký nêu gương"),
    "inspection.read_reports": N_("Đoàn kiểm tra xem báo cáo"),
    "inspection.read_scorecards": N_("Đoàn kiểm tra xem phiếu điểm"),
    "inspection.read_trail": N_("Đoàn kiểm tra xem nhật ký của đơn vị"),
    "inspection.recompute": N_("Đoàn kiểm tra tính lại phiếu điểm"),
    "membership.join": N_("Vào đơn vị bằng mã"),
    "membership.join_class": N_("Vào lớp"),
    "node.init": N_("Lập máy chủ"),
    "peer.offer": N_("Lập đề nghị kết nối máy chủ"),
    "peer.propose": N_("Nhập đề nghị kết nối máy chủ"),
    "peer.confirm": N_("Xác nhận khóa của máy chủ khác"),
    "peer.suspend": N_("Tạm dừng kết nối máy chủ"),
    "peer.resume": N_("Nối lại máy chủ đã tạm dừng"),
    "peer.revoke": N_("Thu hồi kết nối máy chủ"),
    "peer.key_lost": N_("Bỏ khóa đã mất của máy chủ khác"),
    "peer.doubt_settled": N_("Đã hỏi lại bên kia về bản gửi nghi ngờ"),
    "peer.rotate": N_("Báo khóa mới cho các máy chủ"),
    "node.new_epoch": N_("Khôi phục từ bản sao lưu"),
    "levels.accept": N_("Chấp nhận số liệu đơn vị cấp dưới gửi"),
    "levels.return": N_("Trả lại số liệu đơn vị cấp dưới gửi"),
    "levels.publish": N_("Công bố số liệu tổng hợp của cấp"),
    "levels.export": N_("Xuất số liệu tổng hợp của cấp"),
    "open_data.on": N_("Bật công khai số liệu mở của đơn vị"),
    "open_data.off": N_("Ngừng công khai số liệu mở của đơn vị"),
    "pack.bring": N_("Tải gói nội dung lên"),
    "plan.add_document": N_("Ghi văn bản vào sổ"),
    "plan.add_phase": N_("Ghi giai đoạn của văn bản"),
    "plan.add_task": N_("Ghi nhiệm vụ của văn bản"),
    "plan.change_task": N_("Sửa nhiệm vụ theo danh sách mới"),
    "plan.embeds": N_("Ghi văn bản ban hành kèm theo"),
    "plan.implements": N_("Ghi văn bản được cụ thể hoá"),
    "plan.import": N_("Nhập danh sách nhiệm vụ"),
    "plan.link_task": N_("Gắn nhiệm vụ với cuộc vận động, chỉ tiêu"),
    "plan.supersedes": N_("Ghi văn bản bị thay thế"),
    "packets.export": N_("Xuất các bản gửi đang chờ ra tệp để mang đi"),
    "packets.import": N_("Nhập tệp bản gửi do người khác mang đến"),
    "document.again": N_("Thử áp dụng lại văn bản cấp trên"),
    "document.apply": N_("Áp dụng văn bản cấp trên"),
    "document.give": N_("Ký và gửi văn bản xuống"),
    "document.refused": N_("Không bỏ được văn bản cấp trên đã thu hồi"),
    "document.roll_back": N_("Lùi văn bản về bản trước"),
    "document.withdraw": N_("Thu hồi văn bản đã gửi xuống"),
    "document.withdrawn": N_("Bỏ văn bản cấp trên đã thu hồi"),
    "plan.task_state": N_("Ghi tình hình thực hiện nhiệm vụ"),
    "person.change": N_("Sửa thông tin của mình"),
    "person.download": N_("Tải dữ liệu của mình"),
    "person.erase": N_("Xóa dữ liệu của mình"),
    "person.forget": N_("Xóa dữ liệu đã hết thời gian giữ"),
    "person.join": N_("Đăng ký tham gia"),
    "person.sign_in": N_("Đăng nhập trên điện thoại"),
    "pledge.cell": N_("Mở trang nêu gương của chi bộ"),
    "pledge.check_midyear": N_("Ghi kiểm tra giữa năm của chi bộ"),
    "pledge.check_year_end": N_("Ghi nhận xét cuối năm của chi bộ"),
    "pledge.confirm": N_("Chi bộ xác nhận bản đăng ký nêu gương"),
    "pledge.decide_class": N_("Ghi mức xếp loại cấp ủy đã quyết định"),
    "pledge.exempt": N_("Ghi đảng viên không phải đăng ký năm nay"),
    "pledge.expect": N_("Kết thúc việc không phải đăng ký"),
    "pledge.propose_class": N_("Ghi mức xếp loại chi bộ đề nghị"),
    "pledge.read": N_("Mở xem bản đăng ký nêu gương của một đảng viên"),
    "pledge.read_body": N_("Xem việc đăng ký trong danh sách đề nghị xếp loại"),
    "pledge.read_class": N_("Xem danh sách đề nghị xếp loại"),
    "pledge.read_due": N_("Xem danh sách việc đến hạn của chi bộ"),
    "pledge.read_export": N_("Mở phiếu họp chi bộ về nêu gương"),
    "pledge.return": N_("Chi bộ đề nghị bổ sung bản đăng ký nêu gương"),
    "pledge.share": N_("Ghi quyết định của chi bộ về người được xem"),
    "question.read_key": N_("Xem đáp án câu hỏi"),
    "question.revise": N_("Sửa câu hỏi"),
    "results.publish": N_("Công bố kết quả"),
    "report.draft": N_("Trình thẩm định báo cáo"),
    "report.duty": N_("Thêm báo cáo định kỳ"),
    "report.due_day": N_("Đặt hạn báo cáo"),
    "report.duty_end": N_("Cho thôi báo cáo định kỳ"),
    "proposal.answer": N_("Trả lời kiến nghị của đơn vị"),
    "proposal.escalate": N_("Chuyển kiến nghị lên cấp trên"),
    "proposal.raise": N_("Gửi kiến nghị lên cấp trên"),
    "report.export": N_("Tải báo cáo về"),
    "report.filed": N_("Nhận báo cáo từ máy chủ cấp dưới"),
    "report.up": N_("Chuyển báo cáo sang máy chủ cấp trên"),
    "report.figures": N_("Lấy lại số liệu báo cáo"),
    "report.give_back": N_("Trả lại báo cáo để bổ sung"),
    "report.lock": N_("Khóa báo cáo hoặc phiếu điểm đã tiếp nhận"),
    "report.number": N_("Văn thư cho số báo cáo"),
    "report.open": N_("Bắt đầu soạn báo cáo"),
    "report.paper_words": N_("Đổi thể thức văn bản"),
    "report.paper": N_("Sửa thể thức báo cáo"),
    "report.receive": N_("Tiếp nhận báo cáo"),
    "report.reopen": N_("Mở lại báo cáo hoặc phiếu điểm đã khóa"),
    "report.review": N_("Thẩm định báo cáo"),
    "report.send": N_("Gửi báo cáo"),
    "report.sheet_entry": N_("Ghi đã nhập mục vào hệ thống quốc gia"),
    "report.sign": N_("Xác nhận đã ký báo cáo"),
    "report.write": N_("Viết nội dung báo cáo"),
    "scorecard.read": N_("Xem phiếu điểm"),
    "staff.change_password": N_("Cán bộ đổi mật khẩu"),
    "staff.end_grant": N_("Kết thúc vai trò"),
    "staff.grant": N_("Trao vai trò"),
    "staff.hire": N_("Thêm cán bộ"),
    "staff.new_password": N_("Cấp mật khẩu dùng một lần"),
    "staff.restore": N_("Mở khóa tài khoản cán bộ"),
    "staff.sign_in": N_("Cán bộ đăng nhập"),
    "staff.sign_out": N_("Cán bộ đăng xuất"),
    "staff.suspend": N_("Tạm khóa tài khoản cán bộ"),
    "teams.appoint": N_("Ghi tổ trưởng"),
    "teams.area": N_("Thêm địa bàn của tổ"),
    "teams.area_end": N_("Tổ thôi phụ trách một xóm"),
    "teams.dissolve": N_("Giải thể tổ"),
    "teams.found": N_("Lập tổ công nghệ số cộng đồng"),
    "teams.join": N_("Ghi thành viên vào tổ"),
    "teams.leave": N_("Thành viên thôi tham gia tổ"),
    "teams.plan": N_("Lưu lịch tuần của tổ"),
    "units.abolish": N_("Giải thể đơn vị"),
    "units.import": N_("Nhập danh sách đơn vị"),
    "units.load": N_("Nạp danh mục tỉnh, xã cả nước"),
    "units.merge": N_("Nhập các đơn vị làm một"),
    "units.split": N_("Chia tách đơn vị"),
    "units.move": N_("Chuyển nơi trực thuộc của đơn vị"),
    "units.placed": N_("Xếp xong người và hộ sau khi chia tách"),
    "units.rename": N_("Đổi tên đơn vị"),
    "units.unplaced": N_("Mở lại việc xếp người và hộ sau khi chia tách"),
    "units.undo": N_("Hoàn lại việc sắp xếp đơn vị"),
    "visits.accept": N_("Nhận bản ghi đang chờ"),
    "visits.again": N_("Xét lại bản ghi đang chờ"),
    "visits.aside_again": N_("Xét lại bản ghi để riêng"),
    "visits.aside_first": N_("Giữ bản đến trước của một việc"),
    "visits.aside_refuse": N_("Không nhận bản ghi để riêng"),
    "visits.aside_repair": N_("Sửa rồi nhận bản ghi để riêng"),
    "visits.aside_second": N_("Lấy bản đến sau làm bản sửa"),
    "visits.call_back": N_("Ghi lời hộ trả lời khi hỏi lại"),
    "visits.draw": N_("Rút ngẫu nhiên lượt thăm để hỏi lại"),
    "visits.export": N_("Tải bảng số liệu thăm hộ"),
    "visits.read_aside": N_("Xem bản ghi để riêng"),
    "visits.read_bytes": N_("Tải nguyên văn bản ghi để riêng"),
    "visits.refuse": N_("Không nhận bản ghi đang chờ"),
}
ACTORS = {
    "person": N_("người dân (ẩn danh)"),
    "worker": N_("hệ thống"),
    "operator": N_("người vận hành (dòng lệnh)"),
    "staff": N_("cán bộ đã rời hệ thống"),
}


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    entry: AuditEntry
    who: str
    deed: str
    unit: str
    what: str


@blueprint.get("/audit")
@writes_on_read
@guarded(staff_with(*AUDIT_ROLES))
def audit() -> Response:
    """One page of the trail: entries about units in reach; those about the node itself for the two who keep it."""
    session, member = http.session(), http.staff()
    wanted = request.args.get("show", "all")
    wanted, number = wanted if wanted in FILTERS else "all", _page_number()
    rows, more = entries(
        session,
        reach(session, member, *AUDIT_ROLES),
        without_unit=member.holds(*SEE_ALL),
        is_read=FILTERS[wanted],
        page=number,
    )
    note(session, actor(), "audit.read", "audit", is_read=True)
    return page("audit.html", lines=lines_of(rows), show=wanted, number=number, more=more)


def _page_number() -> int:
    asked = request.args.get("page", 1, type=int)
    return min(max(asked, 1), LAST_PAGE)


def lines_of(rows: list[AuditEntry]) -> list[Line]:
    session = http.session()
    names = names_of(session, {row.actor for row in rows if row.actor} | _staff_meant(rows))
    units = named_many(session, {row.unit_id for row in rows if row.unit_id}, clock.today())
    titles = {str(activity.id): shown.words(activity.title) for activity, _ in activities(session)}
    return [
        Line(
            entry=row,
            who=_who(row, names),
            deed=gettext(DEEDS[row.deed]) if row.deed in DEEDS else row.deed,
            unit=units[row.unit_id].full_name if row.unit_id in units else "",
            what=" · ".join(
                filter(None, [titles.get(row.noun_id or "", ""), _meant(row, names), _reason(row)])
            ),
        )
        for row in rows
    ]


def _staff_meant(rows: list[AuditEntry]) -> set[uuid.UUID]:
    """Members of staff to whom something was done."""
    return {uuid.UUID(row.noun_id) for row in rows if row.noun == "staff" and row.noun_id}


def _meant(row: AuditEntry, names: dict[uuid.UUID, str]) -> str:
    return names.get(uuid.UUID(row.noun_id), "") if row.noun == "staff" and row.noun_id else ""


def _reason(row: AuditEntry) -> str:
    """What a figure's reader opened, a role, why somebody was looked up: kept as codes, said here in words."""
    first, _, rest = (row.reason or "").partition(" ")
    if row.deed in (LOOKUP, PROOF) and first in REASONS:
        return " · ".join(filter(None, [gettext(REASONS[first]), rest]))
    if row.deed in ("staff.grant", "staff.end_grant") and row.reason in ROLES:
        return gettext(ROLES[row.reason])
    if row.deed in ("movement.tag", "movement.tag_off") and row.reason and row.reason in TAG_WORDS:
        return gettext(TAG_WORDS[row.reason])
    if row.deed == "contest.remove" and row.reason in REMOVALS:
        return shown.words(REMOVALS[row.reason])
    if row.deed != FACTS_READ or not row.reason:
        return campaign_words.reason(row.deed, row.reason)
    code, _, period = row.reason.partition(" ")
    titles = {indicator.code: shown.words(indicator.title) for indicator in template().indicators}
    return f"{titles.get(code, code)}, {shown.period(period)}"


def _who(row: AuditEntry, names: dict[uuid.UUID, str]) -> str:
    if row.actor_kind == "staff" and row.actor in names:
        return names[row.actor]
    return gettext(ACTORS[row.actor_kind]) if row.actor_kind in ACTORS else row.actor_kind
