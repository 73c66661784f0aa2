// Registers the service worker and says softly when a newer one waits. It never takes over by itself: a paper may be open.
import { live } from "../lib/live";
import { net } from "../sync";
import { t } from "../text";
import { Button } from "./parts";
import { useLive } from "./use";

interface InstallEvent extends Event {
  prompt(): Promise<void>;
}
interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> };
}

const AFTER_MS = 500;

const waiting = live<ServiceWorker | null>(null);
export const installPrompt = live<InstallEvent | null>(null);

// The worker fetches the whole app: on a slow line not beside the first screen, but as soon as the node has answered once.
export function registerWorker(): void {
  addEventListener("beforeinstallprompt", (event) => [event.preventDefault(), installPrompt.set(event as InstallEvent)]);
  addEventListener("appinstalled", () => installPrompt.set(null));
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  const stop = net.watch((state) => {
    if (state !== "here") return;
    stop();
    setTimeout(() => void navigator.serviceWorker.register("/app/sw.js", { scope: "/app/" }).then(watch, () => undefined), AFTER_MS);
  });
}

function watch(registration: ServiceWorkerRegistration): void {
  const offer = () => navigator.serviceWorker.controller && waiting.set(registration.waiting);
  if (registration.waiting) offer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", () => registration.waiting && offer()));
}

// Asks the browser to wake the worker when there is signal, even if the app is closed by then. Not every browser can.
export async function askForBackgroundSync(): Promise<void> {
  if (!navigator.serviceWorker?.controller) return;
  const registration: SyncRegistration = await navigator.serviceWorker.ready;
  await registration.sync?.register("outbox").catch(() => undefined);
}

function takeOver(worker: ServiceWorker): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  worker.postMessage("take-over");
}

export function UpdateNote() {
  const worker = useLive(waiting);
  if (!worker) return null;
  return (
    <div class="update" role="status">
      <span>{t("app.update")}</span>
      <Button look="quiet" onClick={() => takeOver(worker)}>{t("app.update.now")}</Button>
    </div>
  );
}
