import type { ScanKey } from "./scan-vi";

export const scanEn: Record<ScanKey, string> = {
  "scan.title": "Scan a QR code",
  "scan.text": "Hold the code in the middle of the picture.",
  "scan.stop": "Stop scanning",
  "scan.no-camera": "The camera cannot be opened. Please allow it, or stop scanning and search by hand.",
  "scan.no-reader": "What reads codes has not been fetched yet. Please try again with a signal, or stop scanning and search by hand.",
};
