// Whose signatures this phone knows: keys out of did.json, lists of revocations. Both are public and hold no person.
import { fromBase64url } from "../lib/bytes";
import { hashOf, verifies } from "./ed25519";
import { fromBase58, fromMultikey } from "./multibase";
import { lines, optionLines, Unshaped, type Told } from "./nquads";
import { unpack } from "./unpack";

export interface Key {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  until: number | null; // replaced: what it signed later does not count
}

export interface Keys {
  did: string;
  byMethod: Map<string, Key>;
}

export interface List {
  address: string;
  issuer: string;
  bits: Uint8Array;
  since: number;
  until: number;
}

const LIST_BYTES = 131_072 / 8;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

export function momentOf(text: unknown): number {
  const at = typeof text === "string" && MOMENT.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw new Unshaped("moment");
  return at;
}

// Only keys that may still be believed: one that was withdrawn is in no list of did.json any more.
export function readKeys(told: unknown): Keys {
  const { id, verificationMethod: methods, assertionMethod: may } = told as Told;
  if (typeof id !== "string" || !id.startsWith("did:") || !Array.isArray(methods) || !Array.isArray(may)) throw new Unshaped("did.json");
  const ours = methods.filter((one): one is Told => one?.type === "Multikey" && one.controller === id && may.includes(one.id));
  return { did: id, byMethod: new Map(ours.map((one) => [String(one.id), keyOf(one)])) };
}

const keyOf = (one: Told): Key => ({
  name: String(one.id).split("#")[1] ?? "",
  bytes: fromMultikey(String(one.publicKeyMultibase)),
  until: one.signsUntil === undefined ? null : momentOf(one.signsUntil),
});

// Whether the proof on a document stands for exactly this document. Throws Unshaped for a shape we never write.
export async function proofHolds(told: Told, key: Key): Promise<boolean> {
  const proof = proofOf(told);
  const hash = await hashOf(optionLines(proof), lines(told));
  const value = typeof proof.proofValue === "string" ? proof.proofValue : "";
  try {
    return await verifies(key.bytes, hash, fromBase58(value));
  } catch {
    return false;
  }
}

export function proofOf(told: Told): Told {
  const proof = told.proof as Told | undefined;
  if (typeof proof !== "object" || proof === null || proof.cryptosuite !== "eddsa-rdfc-2022") throw new Unshaped("proof");
  return proof;
}

// A list, once its proof is seen to be right. Throws for any other.
export async function readList(told: Told, keys: Keys): Promise<List> {
  const key = keys.byMethod.get(String(proofOf(told).verificationMethod));
  if (!key || told.issuer !== keys.did || !(await proofHolds(told, key))) throw new Unshaped("a list nobody vouches for");
  const packed = String((told.credentialSubject as Told).encodedList);
  const bits = await unpack(fromBase64url(packed.slice(1)), "gzip", LIST_BYTES);
  if (!packed.startsWith("u") || bits.length !== LIST_BYTES) throw new Unshaped("encodedList");
  return { address: String(told.id), issuer: keys.did, bits, since: momentOf(told.validFrom), until: momentOf(told.validUntil) };
}

export const isSet = (list: List, position: number): boolean => position < 0 || position >= list.bits.length * 8 || Boolean(list.bits[position >> 3]! & (0x80 >> (position & 7)));
