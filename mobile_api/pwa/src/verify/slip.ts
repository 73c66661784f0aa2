// What a printed code carries besides its address (backend/certificates/slip.py): enough to check the paper without network.
import { fromBase64url } from "../lib/bytes";
import { toBytes } from "./multibase";
import { unpack } from "./unpack";

export interface Slip {
  text: string; // exactly what was signed
  number: string;
  name: string;
  title: string;
  issuer: string;
  day: string;
  list: number;
  position: number;
  keyName: string;
}

export interface Code {
  origin: string;
  number: string;
  signature: string | null;
  slip: string; // packed; empty for papers from before there were slips
}

// Never changed: papers printed with it are read with it.
const DICTIONARY = "Giấy chứng nhận Giấy khen Danh hiệu Tập thể lao động tiên tiến xuất sắc nêu gương sáng kiến Công dân số đổi mới sáng tạo Doanh nghiệp tiên phong chuyển đổi số Xóm điển hình về chuyển đổi số Bình dân học vụ số Tổ công nghệ số cộng đồng Đạt yêu cầu Hoàn thành tất cả bài học Giải Nhất Nhì Ba Khuyến khích Cuộc thi “Tìm hiểu chuyển đổi số” – Đợt Nguyễn Thị Trần Văn Lê Phạm Hoàng Đoàn Thanh niên Mặt trận Tổ quốc Việt Nam Đảng ủy Ban Thường vụ Ủy ban nhân dân Ban Tổ chức – xã phường tỉnh Thái Nguyên|2026-|2027-|k-1|";
const LONGEST_TEXT = 2_000;
const PATH = /^\/xac-minh\/([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})$/;

// The parts of a scanned address; null for a code that is none of ours.
export function readCode(text: string): Code | null {
  try {
    const url = new URL(text);
    const number = PATH.exec(url.pathname)?.[1];
    return number ? { origin: url.origin, number, signature: url.searchParams.get("s"), slip: url.hash.slice(1) } : null;
  } catch {
    return null;
  }
}

export async function readSlip(packed: string): Promise<Slip> {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(await unpackSlip(fromBase64url(packed)));
  const [form, number, name, title, issuer, day, list, position, keyName, ...more] = text.split("|");
  if (form !== "1" || keyName === undefined || more.length || !/^\d{1,9}$/.test(list!) || !/^\d{1,9}$/.test(position!)) throw new RangeError("a slip of another form");
  return { text, number: number!, name: name!, title: title!, issuer: issuer!, day: day!, list: Number(list), position: Number(position), keyName };
}

// Browsers know no preset dictionary. Handed over first, as a piece that is not packed, it lies where the packed piece looks back.
async function unpackSlip(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const known = toBytes(DICTIONARY);
  const whole = new Uint8Array(5 + known.length + packed.length);
  whole.set([0, known.length & 255, known.length >> 8, ~known.length & 255, (~known.length >> 8) & 255]);
  whole.set(known, 5);
  whole.set(packed, 5 + known.length);
  return (await unpack(whole, "deflate-raw", known.length + LONGEST_TEXT)).slice(known.length);
}
