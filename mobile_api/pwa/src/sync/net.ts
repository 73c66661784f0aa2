// Whether the node is really there, what its answers say about time and epoch, and whether this phone was reported lost.
import { NoSignal, ask, onLost, onSeen, type Seen } from "../api/http";
import type { Probe } from "../api/types";
import { setAnchor } from "../clock";
import { uuid4 } from "../lib/ids";
import { live } from "../lib/live";
import { newEpoch } from "../store/outbox";
import { wipeLost } from "../store/persons";

export type Net = "unknown" | "here" | "away";
export const net = live<Net>("unknown");
export const portal = live(false); // away although there is a network: it answers in the node's place

// `offerAgain` is what to do when the node turned out to be another one than before (restored from a backup).
export function listen(offerAgain: () => void): void {
  onSeen((seen) => void arrived(seen, offerAgain).catch(() => undefined)); // an epoch that could not be kept is met again with the next answer
  onLost((token) => void wipeLost(token).catch(() => undefined)); // told again with every answer until it worked
}

async function arrived({ epoch, serverMs, rttMs }: Seen, offerAgain: () => void): Promise<void> {
  net.set("here");
  if (serverMs) setAnchor(serverMs, rttMs);
  if (epoch && (await newEpoch(epoch))) offerAgain();
}

export async function probe(): Promise<boolean> {
  const nonce = uuid4().slice(0, 8);
  try {
    const body = await ask<Probe>(`/probe?nonce=${nonce}`);
    const here = body?.lantoa === "here" && body.nonce === nonce;
    portal.set(!here);
    net.set(here ? "here" : "away");
  } catch (error) {
    if (error instanceof NoSignal) {
      portal.set(error.portal);
      net.set("away");
    }
  }
  return net.get() === "here";
}
