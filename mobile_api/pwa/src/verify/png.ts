// Takes the credential out of a PNG, as backend/certificates/baked.py does: one iTXt chunk, every checksum right, none twice.
import { unpack } from "./unpack";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
export const KEYWORD = "openbadgecredential";
const LONGEST_TEXT = 64 * 1024;
const MOST_CHUNKS = 10_000;

export class NotBaked extends Error {}

export const isPng = (raw: Uint8Array): boolean => SIGNATURE.every((byte, at) => raw[at] === byte);

// The text with this keyword, or null for a picture without one.
export async function textIn(raw: Uint8Array<ArrayBuffer>, keyword: string): Promise<string | null> {
  const bodies = [...chunks(raw)].filter(([kind, body]) => kind === "iTXt" && startsWith(body, `${keyword}\0`)).map(([, body]) => body);
  if (bodies.length > 1) throw new NotBaked("two texts where one belongs");
  return bodies[0] ? text(bodies[0]) : null;
}

function* chunks(raw: Uint8Array<ArrayBuffer>): Generator<[kind: string, body: Uint8Array<ArrayBuffer>]> {
  if (!isPng(raw)) throw new NotBaked("no PNG");
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  let at = SIGNATURE.length;
  for (let n = 0; n < MOST_CHUNKS; n++) {
    if (at + 12 > raw.length) throw new NotBaked("cut short");
    const end = at + 12 + view.getUint32(at);
    if (end > raw.length || view.getUint32(end - 4) !== crc32(raw.subarray(at + 4, end - 4))) throw new NotBaked("a broken piece");
    const kind = String.fromCharCode(...raw.subarray(at + 4, at + 8));
    yield [kind, raw.slice(at + 8, end - 4)];
    if (kind === "IEND") return;
    at = end;
  }
  throw new NotBaked("too many pieces");
}

const startsWith = (body: Uint8Array, start: string): boolean => Array.from(start).every((sign, at) => body[at] === sign.charCodeAt(0));

// After the keyword: is it packed, how, which language, the keyword translated; then the text.
async function text(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const after = body.indexOf(0) + 1;
  const [packed, method] = [body[after], body[after + 1]];
  const language = body.indexOf(0, after + 2);
  const translated = language < 0 ? -1 : body.indexOf(0, language + 1);
  if (translated < 0 || (packed !== 0 && packed !== 1) || (packed === 1 && method !== 0)) throw new NotBaked("a text of another form");
  const rest = body.slice(translated + 1);
  const raw = packed ? await unpack(rest, "deflate", LONGEST_TEXT) : rest;
  if (raw.length > LONGEST_TEXT) throw new NotBaked("too long a text");
  return new TextDecoder("utf-8", { fatal: true }).decode(raw);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 255]!;
  return (sum ^ 0xffffffff) >>> 0;
}
