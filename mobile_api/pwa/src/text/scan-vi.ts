// Lời của khung quét mã, đi cùng khung ấy.
import { addWords } from ".";

export const scanVi = {
  "scan.title": "Quét mã QR",
  "scan.text": "Đưa mã vào giữa khung hình.",
  "scan.stop": "Thôi quét",
  "scan.no-camera": "Không mở được máy ảnh. Xin cho phép dùng máy ảnh, hoặc thôi quét và tìm bằng tay.",
  "scan.no-reader": "Chưa tải được phần đọc mã. Khi có sóng, xin mở lại; hoặc thôi quét và tìm bằng tay.",
};

export type ScanKey = keyof typeof scanVi;
addWords(scanVi);
