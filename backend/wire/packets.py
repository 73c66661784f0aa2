"""Packets over the wire. The gate has verified who asks, that it is fresh and that these are its bytes; here stand the chain,
the rooms and the receipt. A parent never calls: what it has for a child waits until the child asks.
"""

from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backend import http
from backend.errors import N_, DomainError
from backend.federation import frames
from backend.federation.frames import FrameRefused
from backend.federation.packets import comparing, giving, inbox, settling, sticks
from backend.federation.packets.client import FRAME, FRAMES
from backend.federation.packets.receipts import Receipt
from backend.federation.peers.models import CHILD
from backend.federation.peers.trouble import note_trouble
from backend.http import guarded, peer, services
from backend.wire.door import blueprint

SENTENCES = {
    "gap": N_("Còn thiếu các bản gửi trước bản này. Xin gửi lại từ bản đầu tiên còn thiếu."),
    "fork": N_(
        "Đã có một bản gửi khác mang số này. Xin người vận hành nơi gửi kiểm tra bản sao lưu, rồi chạy lệnh lantoa new-epoch "
        "để bắt đầu lại dãy số."
    ),
    "old-epoch": N_(
        "Nơi gửi đã bắt đầu lại dãy số sau khi khôi phục máy chủ; bản gửi của dãy số cũ không còn nhận. Không cần làm gì thêm."
    ),
    "not-for-us": N_("Bản này gửi cho máy chủ khác. Xin xem lại nơi nhận."),
    "other-sender": N_("Bản này do máy chủ khác ký. Mỗi máy chủ chỉ gửi bản của mình."),
    "wrong-line": N_(
        "Bản này thuộc hệ thống khác (Chính quyền, Đảng, Mặt trận hoặc Đoàn). Xin gửi qua kết nối của hệ thống ấy."
    ),
    "wrong-direction": N_(
        "Loại tin này không đi theo chiều ấy: máy chủ cấp dưới hỏi, máy chủ cấp trên trả lời."
    ),
    "unknown-stream": N_("Máy chủ này chưa biết loại bản gửi này. Xin nâng cấp phần mềm ở nơi nhận."),
    "too-many-held": N_(
        "Nơi nhận đã giữ quá nhiều bản gửi của máy chủ này đang chờ mẫu phiếu hoặc lịch. Bản này sẽ tự gửi lại; xin báo nơi nhận."
    ),
    "too-much-today": N_("Hôm nay máy chủ này đã gửi quá nhiều. Bản này sẽ tự gửi lại vào ngày mai."),
    "too-many-streams": N_("Máy chủ này đã mở quá nhiều dãy bản gửi. Xin người vận hành hai bên kiểm tra."),
    "unknown-schema": N_(
        "Máy chủ này chưa đọc được phiên bản này của bản gửi. Xin nâng cấp phần mềm ở nơi nhận."
    ),
}
REFUSED = N_("Bản gửi đã được lưu lại nhưng không được tính: nội dung chưa đúng. Xin xem mục được nêu.")


class KeyMissing(DomainError):
    status = 400
    code = "idempotency_key"
    sentence = N_(
        "Yêu cầu thiếu Idempotency-Key, hoặc khóa ấy không phải mã kiểm của bản gửi. Xin báo người vận hành nơi gửi."
    )


@blueprint.put("/packets/<path:stream>/<int:number>")
@guarded(peer)
def put_packet(stream: str, number: int) -> ResponseReturnValue:
    """One packet; the answer holds its signed receipt."""
    raw = request.get_data()
    if request.headers.get("Idempotency-Key") != f'"{frames.outside(raw).digest}"':
        raise KeyMissing
    asking, house = http.calling_peer(), services()
    receipt = inbox.take_in(
        http.session(),
        raw,
        asking,
        via="wire",
        book=house.streams,
        signer=house.signer,
        expected=(stream, number),
    )
    return answer(receipt)


def answer(receipt: Receipt) -> Response:
    """The receipt as it is; what was refused as a problem with the receipt in it."""
    if receipt.status < 400 or receipt.status == 423:
        return Response(receipt.raw, receipt.status, content_type=FRAME)
    said = receipt.body
    more: dict[str, Any] = {"receipt": receipt.raw.decode(), "stream": said.stream, "number": said.number}
    if said.missing is not None:
        more |= {"missing": said.missing.numbers, "epoch": said.missing.epoch}
    if said.pointer or receipt.status == 422:
        more["errors"] = [{"pointer": said.pointer, "code": said.code}]
    return http.problem(receipt.status, said.code, gettext(SENTENCES.get(said.code, REFUSED)), **more)


@blueprint.get("/packets")
@guarded(peer)
@http.writes_on_read
def get_packets() -> ResponseReturnValue:
    """What waits for the asking child, as a list of frames; 204 when nothing does. It is signed when it is first given. A
    level above never asks: who does it in its name has its key."""
    asking, wrong = http.calling_peer(), "wrong-direction"
    if asking.side != CHILD:
        return http.problem(403, wrong, gettext(SENTENCES[wrong]))
    raws = giving.packets(http.session(), asking, services().signer)
    if not raws:
        return Response(status=204)
    return Response(sticks.write(raws), content_type=FRAMES)


@blueprint.post("/receipts")
@guarded(peer)
def post_receipts() -> ResponseReturnValue:
    """The child's receipts for what it was given. One that is not its own is left out, and on record."""
    asking, session = http.calling_peer(), http.session()
    for raw in sticks.read(request.get_data()):
        try:
            settling.settle(session, asking, raw)
        except FrameRefused as refused:
            note_trouble(session, asking.id, refused.code, "receipt")
    return Response(status=204)


@blueprint.get("/streams/<path:stream>")
@guarded(peer)
def get_head(stream: str) -> ResponseReturnValue:
    """How far the asking peer's stream is known here; every epoch it ever had, the last one goes on."""
    heads = inbox.heads(http.session(), http.caller().peer_id, stream)
    return {
        "stream": stream,
        "epochs": [{"epoch": one.epoch, "number": one.number, "digest": one.digest} for one in heads],
    }


@blueprint.post("/streams")
@guarded(peer)
def compare_streams() -> ResponseReturnValue:
    """The peer says where the streams between us stand for it; the answer says where they stand here, signed as well."""
    asking, session = http.calling_peer(), http.session()
    comparing.compare(session, asking, request.get_data())
    return Response(comparing.statement(session, asking, services().signer), content_type=FRAME)
