// Rows of older versions hold a digest of the PIN and everything in the open. It is asked once, at the next entry.
const ROUNDS = 150_000;
const text = new TextEncoder();

export async function fitsDigest(pin: string, { salt, digest }: { salt: string; digest: string }): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: text.encode(salt), iterations: ROUNDS }, key, 256);
  return Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("") === digest;
}
