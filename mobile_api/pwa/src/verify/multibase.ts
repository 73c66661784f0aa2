// Base 58 with a 'z' before it, as keys and signatures are written for other programs (backend/safeguards/multibase.py).
const SIGNS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LONGEST = 128;

export function fromBase58(text: string): Uint8Array<ArrayBuffer> {
  if (!text.startsWith("z") || text.length > LONGEST) throw new RangeError("no base58");
  const bytes: number[] = [];
  for (const sign of text.slice(1)) {
    let carry = SIGNS.indexOf(sign);
    if (carry < 0) throw new RangeError("no base58");
    for (let at = 0; at < bytes.length; at++) {
      carry += bytes[at]! * 58;
      bytes[at] = carry & 255;
      carry >>= 8;
    }
    for (; carry; carry >>= 8) bytes.push(carry & 255);
  }
  const zeros = /^z(1*)/.exec(text)![1]!.length;
  return Uint8Array.from([...Array<number>(zeros).fill(0), ...bytes.reverse()]);
}

// The 32 bytes of an Ed25519 key; any other kind of key is refused.
export function fromMultikey(text: string): Uint8Array<ArrayBuffer> {
  const raw = fromBase58(text);
  if (raw.length !== 34 || raw[0] !== 0xed || raw[1] !== 1) throw new RangeError("no Ed25519 key");
  return raw.slice(2);
}

export const toBytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
