// A phone's clock may be a day off, so time on the phone is: the last moment the server told us, plus what has passed since.
// Within one page life `mono` measures what has passed; after a reload only the wall clock can, and only its difference counts.
import { uuid4 } from "./lib/ids";

export interface Stamp {
  wall_ms: number;
  mono_ms: number;
  boot_id: string;
}

export interface Anchor {
  server_ms: number;
  mono_ms: number;
  boot_id: string;
}

export interface KeptAnchor extends Anchor {
  wall_ms: number;
  rtt_ms: number;
  asleep_ms: number; // how much sleep had been counted by then
}

export const bootId = uuid4();
let asleep = 0;
let anchor: KeptAnchor | null = null;
let keep: (anchor: KeptAnchor) => void = () => {};

export function stamp(): Stamp {
  return { wall_ms: Date.now(), mono_ms: Math.round(performance.now() + asleep), boot_id: bootId };
}

export function estimate(kept: KeptAnchor | null, now: Stamp): number {
  if (!kept) return now.wall_ms;
  if (kept.boot_id === now.boot_id) return kept.server_ms + (now.mono_ms - kept.mono_ms);
  return kept.server_ms + (now.wall_ms - kept.wall_ms);
}

// What is sure: sleep is told by the wall clock alone, and the network may have corrected it meanwhile; so sleep does not
// count, and after a reload nothing is sure.
export function least(kept: KeptAnchor | null, now: Stamp, asleepMs: number): number | null {
  return kept && kept.boot_id === now.boot_id ? estimate(kept, now) - (asleepMs - kept.asleep_ms) : null;
}

// Half the round trip is the best guess of how old the server's time is on arrival. A slow answer says little:
// it only replaces an anchor of this page life, with no sleep since, when it is not much worse.
export function better(held: KeptAnchor | null, fresh: KeptAnchor): KeptAnchor {
  const awake = held !== null && held.boot_id === fresh.boot_id && held.asleep_ms === fresh.asleep_ms;
  return awake && fresh.rtt_ms > Math.max(2_000, held.rtt_ms * 2) ? held : fresh;
}

export function serverNow(): number {
  return estimate(anchor, stamp());
}

export function leastNow(): number | null {
  return least(anchor, stamp(), asleep);
}

export function operationAnchor(): Anchor | null {
  return anchor && { server_ms: anchor.server_ms, mono_ms: anchor.mono_ms, boot_id: anchor.boot_id };
}

export function setAnchor(serverMs: number, rttMs: number): void {
  const fresh = better(anchor, { ...stamp(), server_ms: Math.round(serverMs + rttMs / 2), rtt_ms: Math.round(rttMs), asleep_ms: asleep });
  if (fresh === anchor) return;
  anchor = fresh;
  keep(fresh);
}

export function startClock(kept: KeptAnchor | undefined, onAnchor: (anchor: KeptAnchor) => void): void {
  if (kept && !anchor) anchor = kept;
  keep = onAnchor;
}

// performance.now() stands still on many phones while the screen is off; the wall clock does not.
export function watchSleep(): void {
  let hiddenAt: Stamp | null = null;
  document.addEventListener("visibilitychange", () => {
    const now = stamp();
    if (document.hidden) hiddenAt = now;
    else if (hiddenAt) {
      const slept = now.wall_ms - hiddenAt.wall_ms - (now.mono_ms - hiddenAt.mono_ms);
      if (slept > 1_000 && slept < 86_400_000) asleep += slept;
      hiddenAt = null;
    }
  });
}
