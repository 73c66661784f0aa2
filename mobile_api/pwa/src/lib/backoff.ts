const FIRST_MS = 2_000;
const LONGEST_MS = 120_000;

// Full jitter over the upper half: after a power cut a whole hamlet comes back in the same second.
export function backoff(failures: number, retryAfterMs = 0, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return Math.max(retryAfterMs, Math.round(ceiling / 2 + (random() * ceiling) / 2));
}
