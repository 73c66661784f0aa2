// getRandomValues and not randomUUID: the latter is missing on plain http, where a commune may try the app first.
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function shape(bytes: Uint8Array, version: number): string {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const text = hex(bytes);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

export function uuid4(): string {
  return shape(crypto.getRandomValues(new Uint8Array(16)), 4);
}

export function uuid7(ms: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 5, rest = Math.floor(ms); at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return shape(bytes, 7);
}
