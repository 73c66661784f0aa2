// Tells the screens that something of the field moved; also what another tab did.
import { live } from "../lib/live";

export const fieldMoved = live(0);
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("lantoa-field");
if (channel) channel.onmessage = () => fieldMoved.set(fieldMoved.get() + 1);

export function movedField(): void {
  fieldMoved.set(fieldMoved.get() + 1);
  channel?.postMessage("moved");
}
