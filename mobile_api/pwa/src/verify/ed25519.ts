// Ed25519 by the phone's own crypto, or by a small library where it has none (most phones older than 2025).
import { toBytes } from "./multibase";

export async function verifies(publicKey: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const own = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]).catch(() => null);
  if (own) return crypto.subtle.verify({ name: "Ed25519" }, own, signature, message);
  const { verifyAsync } = await import("@noble/ed25519");
  return verifyAsync(signature, message, publicKey, { zip215: false }).catch(() => false);
}

export async function hashOf(...texts: string[][]): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await Promise.all(texts.map((lines) => crypto.subtle.digest("SHA-256", toBytes(lines.join("")))));
  const whole = new Uint8Array(32 * parts.length);
  parts.forEach((part, at) => whole.set(new Uint8Array(part), 32 * at));
  return whole;
}
