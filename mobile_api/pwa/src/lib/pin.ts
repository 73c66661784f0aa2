// Enough to keep a neighbour's child out of the screen; the node checks the PIN itself for anything that matters.
const ROUNDS = 150_000;
const text = new TextEncoder();
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function newSalt(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

// null where the browser offers no crypto (plain http): the person then signs in again instead of unlocking.
export async function digestPin(pin: string, salt: string): Promise<string | null> {
  if (!crypto.subtle) return null;
  const key = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: text.encode(salt), iterations: ROUNDS }, key, 256);
  return hex(new Uint8Array(bits));
}

export const PIN_SHAPE = /^\d{4,6}$/;
