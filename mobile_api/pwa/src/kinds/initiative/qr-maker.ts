// Draws QR codes. Fetched when the first invitation is shown.
export { encodeQR } from "qr";
