// Reads QR codes where the browser has no reader of its own (Firefox, Safari, Chromium on a desk). Fetched when the first code is to be read.
export { BarcodeDetector as QrReader } from "qr/decode.js";
