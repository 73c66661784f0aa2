// Reads a QR code with the phone's own reader. Phones without one find the household by its name.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../text";
import { Banner, Button, Sheet } from "../../ui/parts";

interface Reader {
  detect(from: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

declare global {
  interface Window {
    BarcodeDetector?: new (options: { formats: string[] }) => Reader;
  }
}

export const canScan = (): boolean => Boolean(window.BarcodeDetector && navigator.mediaDevices?.getUserMedia);
const EVERY_MS = 250;

export function Scan({ onText, onClose }: { onText: (text: string) => void; onClose: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let alive = true;
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => [(alive = false), clearTimeout(timer), stream?.getTracks().forEach((track) => track.stop())];
    const look = async (reader: Reader): Promise<void> => {
      if (!alive || !video.current) return;
      const [found] = await reader.detect(video.current).catch(() => []);
      if (found && alive) return void [stop(), onText(found.rawValue.trim())];
      timer = setTimeout(() => void look(reader), EVERY_MS);
    };
    const start = async (): Promise<void> => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!alive || !video.current) return void stop(); // closed while the permission was asked
      video.current.srcObject = stream;
      await video.current.play();
      await look(new window.BarcodeDetector!({ formats: ["qr_code"] }));
    };
    start().catch(() => alive && setFailed(true));
    return () => void stop();
  }, []);
  return (
    <Sheet title={t("visit.scan")} onClose={onClose}>
      {failed ? <Banner tone="warn" alert>{t("visit.scan.no-camera")}</Banner> : <><p class="hint">{t("visit.scan.text")}</p><video ref={video} class="finder" muted playsInline /></>}
      <Button look="plain" class="wide" data-testid="stop-scan" onClick={onClose}>{t("visit.scan.stop")}</Button>
    </Sheet>
  );
}
