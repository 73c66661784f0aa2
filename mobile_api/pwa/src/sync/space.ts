// A browser's storage is not a vault. We ask it to keep what is here, look at what is free, and let photos go first.
import { database } from "../store/db";
import type { PhotoRow } from "../store/field";
import { movedField } from "./moved";
import { space, type Space } from "./room";

export const LOW_MB = 20;
const MB = 1024 * 1024;

export async function measureSpace(): Promise<Space> {
  const { quota, usage } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  const freeMb = quota === undefined ? null : Math.floor((quota - (usage ?? 0)) / MB);
  const persisted = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
  const found = { persisted, freeMb, low: freeMb !== null && freeMb < LOW_MB };
  space.set(found);
  return found;
}

export async function prepareForField(): Promise<Space> {
  await navigator.storage?.persist?.().catch(() => false);
  return (await measureSpace()).low ? makeRoom() : space.get()!;
}

// Photos that the node has go first, oldest first. What waits to be sent is never thrown away.
export const shedOrder = (photos: PhotoRow[]): PhotoRow[] => photos.filter(({ state, held }) => held && state !== "waiting").sort((a, b) => a.added_ms - b.added_ms);

export async function makeRoom(): Promise<Space> {
  for (const photo of shedOrder(await (await database()).getAll("photos"))) {
    if (!(await measureSpace()).low) break;
    await shed(photo);
  }
  return measureSpace();
}

export async function shed(photo: PhotoRow): Promise<void> {
  const tx = (await database()).transaction(["photos", "bytes"], "readwrite");
  await tx.objectStore("bytes").delete(photo.key);
  await tx.objectStore("photos").put({ ...photo, held: false });
  await tx.done;
  movedField();
}
