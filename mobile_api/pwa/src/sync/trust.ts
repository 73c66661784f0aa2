// Whoever checks certificates on this phone keeps keys and lists of revocations that are a day old at most, as long as there is signal.
import { phoneGet } from "../store/db";

const DAY_MS = 86_400_000;

export async function renewTrust(): Promise<void> {
  const kept = await phoneGet("trust");
  if (kept && Math.abs(Date.now() - kept.at) > DAY_MS) await import("../screens/verify").then(({ bring }) => bring()).catch(() => undefined);
}
