// The service worker: opens the app without signal and sends the outbox when the signal is back, even with the app closed.
import { listen } from "../sync/net";
import { sendCarried } from "../sync/carried";
import { pushAll } from "../sync/push"; // not "../sync": the worker pushes and never pulls
import { startClock } from "../clock";
import { phoneGet, phoneSet } from "../store/db";
import { lockIfIdle } from "../store/persons";
import { PICTURES } from "../lib/pictures";
import { dropOldShells, fill, fromShell } from "./precache";

declare const self: ServiceWorkerGlobalScope;

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

self.addEventListener("install", (event) => event.waitUntil(fill()));

self.addEventListener("activate", (event) => event.waitUntil(dropOldShells().then(() => self.clients.claim())));

self.addEventListener("message", (event) => {
  if (event.data === "take-over") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (!url.pathname.startsWith("/app/")) return event.request.destination === "image" ? event.respondWith(picture(event.request)) : undefined;
  event.respondWith(fromShell(event.request)); // never /api: an old answer there would be a lie
});

async function picture(request: Request): Promise<Response> {
  return (await (await caches.open(PICTURES)).match(request)) ?? fetch(request);
}

async function sendOutbox(): Promise<void> {
  startClock(await phoneGet("anchor"), (anchor) => void phoneSet("anchor", anchor).catch(() => undefined));
  listen(() => void pushAll().catch(() => undefined));
  await pushAll(); // a failure is thrown on purpose: the browser then tries again later
  await sendCarried().finally(lockIfIdle); // photos and what is carried for others, after the records
}

self.addEventListener("sync", (event) => {
  const wake = event as SyncEvent;
  if (wake.tag === "outbox") wake.waitUntil(sendOutbox());
});
