// Reads a QR code with the phone's own reader, or with ours where it has none. A phone without a camera finds what it looks for by
// its name or number.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../text";
import "../text/scan-vi";
import "./scan.css";
import { Banner, Button, Sheet } from "./parts";

interface Reader {
  detect(from: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

declare global {
  interface Window {
    BarcodeDetector?: { new (options: { formats: string[] }): Reader; getSupportedFormats?: () => Promise<string[]> };
  }
}

export const canScan = (): boolean => Boolean(navigator.mediaDevices?.getUserMedia);
const EVERY_MS = 250;
const QR = { formats: ["qr_code"] };

// Some browsers name a reader and then read no QR codes with it.
async function reader(): Promise<Reader> {
  const native = window.BarcodeDetector;
  const formats = (await native?.getSupportedFormats?.().catch(() => [])) ?? QR.formats;
  if (native && formats.includes("qr_code")) return new native(QR);
  const { QrReader } = await import("./qr-reader");
  return new QrReader({ formats: ["qr_code"] });
}

export function Scan({ onText, onClose }: { onText: (text: string) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState<"camera" | "reader" | null>(null);
  useEffect(() => {
    let alive = true;
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => [(alive = false), clearTimeout(timer), stream?.getTracks().forEach((track) => track.stop())];
    const look = async (eye: Reader): Promise<void> => {
      if (!alive || !video.current) return;
      const [found] = await eye.detect(video.current).catch(() => []);
      if (found && alive) return void [stop(), onText(found.rawValue.trim())];
      timer = setTimeout(() => void look(eye), EVERY_MS);
    };
    const start = async (): Promise<void> => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!alive || !video.current) return void stop(); // closed while the permission was asked
      video.current.srcObject = stream;
      await video.current.play();
      const eye = await reader().catch(() => void [stop(), setFailed("reader")]);
      if (eye) await look(eye);
    };
    start().catch(() => alive && setFailed("camera"));
    return () => void stop();
  }, []);
  return (
    <Sheet title={t("scan.title")} onClose={onClose}>
      {failed ? <Banner tone="warn" alert>{t(failed === "camera" ? "scan.no-camera" : "scan.no-reader")}</Banner> : <><p class="hint">{t("scan.text")}</p><video ref={video} class="finder" muted playsInline /></>}
      <Button look="plain" class="wide" data-testid="stop-scan" onClick={onClose}>{t("scan.stop")}</Button>
    </Sheet>
  );
}
