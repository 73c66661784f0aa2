// Photos: drawn anew on the phone (which leaves behind what a camera writes beside a picture: place, time, maker), named by
// the fingerprint of their bytes, and sent after the record that names them, piece by piece from where the node stopped.
// A PDF goes the same way as it is; the node looks through it.
import { NoSignal, Problem, ask } from "../api/http";
import type { PhotoStanding } from "../api/types";
import { sha256 } from "../lib/bytes";
import { database, ofPerson } from "../store/db";
import type { PhotoRow } from "../store/field";
import { rowsOf, type OutboxRow } from "../store/outbox";
import { current, getPerson, type PersonRow } from "../store/persons";
import { heldKey, mayKeep, reveal, shut } from "../store/vault";
import { movedField } from "./moved";
import { makeRoom, measureSpace, shed } from "./space";

const LONGEST = 1600;
const MOST_BYTES = 6 * 1024 * 1024;
const PIECE = 128 * 1024; // at 400 kbit/s under three seconds
const TRIES = 3;
const ELSEWHERE = "photo_elsewhere";
const DAY_MS = 86_400_000;
const KEEP_MS = 30 * DAY_MS;

export class PhotoRefused extends Error {
  constructor(readonly code: "no_picture" | "too_big" | "no_space" | "not_here") {
    super(code);
  }
}

export class PaperRefused extends Error {
  constructor(readonly code: "no_pdf" | "pdf_locked") {
    super(code);
  }
}

export async function addPhoto(file: Blob): Promise<string> {
  return keep(await drawnAnew(file), false);
}

// Known by its first bytes, whatever it is called; what cannot be opened without a password serves nobody.
export async function addPaper(file: Blob): Promise<string> {
  if (file.size > MOST_BYTES) throw new PhotoRefused("too_big");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder("latin1").decode(bytes);
  if (!text.startsWith("%PDF-")) throw new PaperRefused("no_pdf");
  if (/\/Encrypt\b/.test(text)) throw new PaperRefused("pdf_locked");
  return keep(bytes, true);
}

async function keep(bytes: Uint8Array<ArrayBuffer>, paper: boolean): Promise<string> {
  const person = current.get()?.id;
  if (!person || !crypto.subtle) throw new PhotoRefused("not_here");
  if (bytes.length > MOST_BYTES) throw new PhotoRefused("too_big");
  if ((await measureSpace()).low && (await makeRoom()).low) throw new PhotoRefused("no_space");
  const digest = await sha256(bytes);
  await keepPhoto(person, digest, bytes, paper).catch((error: unknown) => {
    throw error instanceof DOMException && error.name === "QuotaExceededError" ? new PhotoRefused("no_space") : error;
  });
  return digest;
}

async function drawnAnew(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new PhotoRefused("no_picture");
  });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
  canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.82));
  if (!blob) throw new PhotoRefused("no_picture");
  return new Uint8Array(await blob.arrayBuffer());
}

export async function keepPhoto(person: string, digest: string, bytes: Uint8Array<ArrayBuffer>, paper = false): Promise<void> {
  const key = `${person}:${digest}`;
  const held = await heldKey();
  const kept = await shut(held, "bytes", { key, bytes });
  const tx = (await database()).transaction(["persons", "photos", "bytes"], "readwrite");
  const here = mayKeep(await tx.objectStore("persons").get(person), held) && !(await tx.objectStore("photos").getKey(key));
  if (here) {
    await tx.objectStore("bytes").put(kept);
    await tx.objectStore("photos").put({ key, digest, size: bytes.length, added_ms: Date.now(), arrived: 0, state: "waiting", reason: null, tries: 0, held: true, ...(paper && { paper }) });
  }
  await tx.done;
  movedField();
}

export async function dropPhoto(digest: string): Promise<void> {
  const key = `${current.get()?.id}:${digest}`;
  const tx = (await database()).transaction(["photos", "bytes"], "readwrite");
  await Promise.all([tx.objectStore("photos").delete(key), tx.objectStore("bytes").delete(key)]);
  await tx.done;
  movedField();
}

// As a data: address; the node's content policy lets no picture come from a blob: one.
export async function photoUrl(digest: string): Promise<string | null> {
  const kept = await bytesOf(`${current.get()?.id}:${digest}`);
  if (!kept) return null;
  const reader = new FileReader();
  await new Promise((done) => [(reader.onloadend = done), reader.readAsDataURL(new Blob([kept.bytes], { type: "image/jpeg" }))]);
  return reader.result as string | null;
}

const bytesOf = async (key: string) => reveal(await heldKey(), "bytes", await (await database()).get("bytes", key));

export const photosOf = async (person: string): Promise<PhotoRow[]> => (await database()).getAll("photos", ofPerson(person));

export async function sendPhotos(): Promise<void> {
  const id = current.get()?.id;
  const person = id ? await getPerson(id) : undefined;
  if (person?.token) await sendPhotosOf(person);
}

// One sender at a time; a second one that comes meanwhile has nothing to do.
export async function sendPhotosOf(person: PersonRow): Promise<void> {
  const work = () => sendAll(person);
  if (!navigator.locks) return work();
  await navigator.locks.request("lantoa-photos", { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

// Visits and pledges name photos by their digest alone, initiatives with a name for each.
interface Naming {
  photos?: string[];
  files?: { digest: string }[];
}

// The digests that records with a receipt name, and those that any record names.
function named(rows: OutboxRow[]): { received: Set<string>; any: Set<string> } {
  const [received, any] = [new Set<string>(), new Set<string>()];
  for (const row of rows) {
    const { photos = [], files = [] } = (JSON.parse(row.frozen) as { body: Naming }).body;
    for (const digest of [...photos, ...files.map((file) => file.digest)]) [any.add(digest), row.state === "receipt" && received.add(digest)];
  }
  return { received, any };
}

async function sendAll(person: PersonRow): Promise<void> {
  const photos = await photosOf(person.id);
  if (!photos.length) return;
  const rows = await rowsOf(person.id);
  const readable = mayKeep(await getPerson(person.id), await heldKey());
  if (!readable) return; // locked meanwhile: a record that nobody can read seems to name no photo, and its photo would go
  const { received, any } = named(rows);
  for (const photo of photos) {
    if (photo.state === "waiting" && photo.held && received.has(photo.digest)) await sendOne(person, photo);
    else await tidy(photo, any.has(photo.digest));
  }
}

// No record names it and a day has passed: nobody saved that visit. Sent long ago: it only takes room.
async function tidy(photo: PhotoRow, isNamed: boolean): Promise<void> {
  const old = Date.now() - photo.added_ms;
  if (photo.held && ((!isNamed && old > DAY_MS) || (photo.state === "sent" && old > KEEP_MS))) await shed(photo);
  if (!photo.held && old > 3 * KEEP_MS) await (await database()).delete("photos", photo.key);
}

async function sendOne(person: PersonRow, photo: PhotoRow): Promise<void> {
  try {
    await sendFrom(person, photo, await standing(person, photo));
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 401 || error.status === 429 || error.status >= 500) throw error;
    if (error.code === ELSEWHERE) return; // another phone is sending the very same picture
    const tries = photo.tries + 1; // its bytes did not fit its name, or the node will not have it: a few times, then never again
    await changePhoto(photo, { arrived: 0, tries, reason: error.code, ...(tries >= TRIES && { state: "refused" as const }) });
  }
}

// Nothing was sent yet, as far as we know: then there is nothing to ask, and a wrong guess is put right by the first piece.
async function standing(person: PersonRow, photo: PhotoRow): Promise<PhotoStanding> {
  const none = { arrived: 0, size: photo.size, complete: false, refused: null };
  if (!photo.arrived) return none;
  return ask<PhotoStanding>(`/photos/${photo.digest}`, { token: person.token }).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 404) return none;
    throw error;
  });
}

// From where the node stopped. When all of it is there and was not looked at yet, the last piece is empty.
async function sendFrom(person: PersonRow, photo: PhotoRow, from: PhotoStanding): Promise<void> {
  const kept = await bytesOf(photo.key);
  const shutAway = !kept && (await (await database()).count("bytes", photo.key)) > 0; // the phone was locked meanwhile
  if (shutAway) return;
  if (!kept) return changePhoto(photo, { held: false, state: "refused", reason: "bytes_gone" });
  let [there, standstills] = [from, 0];
  while (!there.complete) {
    const next = await sendPiece(person, photo, there, kept.bytes);
    if (next.arrived <= there.arrived && !next.complete && ++standstills > TRIES) throw new NoSignal();
    there = next;
    await changePhoto(photo, { arrived: there.arrived });
  }
  await changePhoto(photo, { arrived: photo.size, state: there.refused ? "refused" : "sent", reason: there.refused });
}

async function sendPiece(person: PersonRow, photo: PhotoRow, there: PhotoStanding, bytes: Uint8Array<ArrayBuffer>): Promise<PhotoStanding> {
  const [at, path] = [there.arrived, `/photos/${photo.digest}?offset=${there.arrived}&size=${photo.size}`];
  return ask<PhotoStanding>(path, { method: "PUT", bytes: bytes.slice(at, at + PIECE), token: person.token }).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.code !== "offset_differs") throw error;
    return { ...there, arrived: Number(error.extra.arrived) || 0 }; // the answer to an earlier piece got lost: the node knows better
  });
}

async function changePhoto({ key }: PhotoRow, change: Partial<PhotoRow>): Promise<void> {
  const tx = (await database()).transaction("photos", "readwrite");
  const kept = await tx.store.get(key);
  if (kept) await tx.store.put({ ...kept, ...change });
  await tx.done;
  movedField();
}
