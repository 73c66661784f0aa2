// The PIN becomes a key that wraps the person's own key. Four to six digits are few: the rounds make each guess cost about as
// much as a phone can bear when its owner opens the app, and docs/threat-model.md says what that is worth.
export const ROUNDS = 600_000;
export const PIN_SHAPE = /^\d{4,6}$/;

export async function keyFromPin(pin: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
