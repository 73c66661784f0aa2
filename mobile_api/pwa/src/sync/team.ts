// The list of the own team's households. A whole list comes in parts into a staging store and takes the place of the old one
// only when the number of rows and the fingerprint are those of the manifest; between lists, single changes come with the pull.
import { askTagged } from "../api/http";
import type { HouseholdOut, PulledChange, TeamLoad } from "../api/types";
import { sha256 } from "../lib/bytes";
import { database, ofPerson } from "../store/db";
import { TEAM, type HouseholdRow, type TeamView } from "../store/field";
import { recall, remember, valueOf } from "../store/known";
import { isDue, rowsOf, type OutboxRow } from "../store/outbox";
import type { PersonRow } from "../store/persons";
import { during, heldKey, mayKeep, reveal, revealAll, shut } from "../store/vault";
import { movedField } from "./moved";

const STAGING = "team-staging";

interface Staging {
  first: Omit<TeamLoad, "households">;
  etag: string | null;
  next: number; // the part to ask for
}

export class LoadIncomplete extends Error {}

export const teamOf = (person: string): Promise<TeamView | undefined> => recall<TeamView>(person, TEAM);

// "same": the list on the phone is the list of the node. An interrupted load goes on where it stopped, as long as the node
// still speaks of the same list.
export async function loadTeamOf(person: PersonRow, whole = false): Promise<"loaded" | "same"> {
  const work = () => fetchList(person, whole);
  return navigator.locks ? ((await navigator.locks.request("lantoa-team", work)) as "loaded" | "same") : work(); // two tabs share the staging store
}

async function fetchList(person: PersonRow, whole: boolean): Promise<"loaded" | "same"> {
  const held = whole ? undefined : await teamOf(person.id);
  const begun = await recall<Staging>(person.id, STAGING);
  const staging = begun && begun.next > 0 ? begun : await firstPart(person, held);
  if (!staging) return "same";
  let { next } = staging;
  while (next < staging.first.manifest.parts) {
    const { data } = await askTagged<TeamLoad>(`/team/load?part=${next}`, { token: person.token });
    if (data?.manifest.hash !== staging.first.manifest.hash) return giveUp(person.id, "the list changed while it was being fetched");
    await stage(person.id, { ...staging, next: ++next }, data.households);
  }
  await checked(person.id, staging, () => switchOver(person.id, staging));
  movedField();
  return "loaded";
}

// It is fetched anew with the next round, not in a tight loop.
async function giveUp(person: string, why: string): Promise<never> {
  await clearStaging(person);
  throw new LoadIncomplete(why);
}

async function firstPart(person: PersonRow, held: TeamView | undefined): Promise<Staging | null> {
  const { data, etag } = await askTagged<TeamLoad>("/team/load?part=0", { token: person.token, etag: held?.etag ?? null });
  if (!data) {
    await keepView(person.id, { stale: false });
    return null;
  }
  const { households, ...first } = data;
  if (held && held.hash === first.manifest.hash && !(await goneMissing(person.id, held))) {
    await putRows("households", person.id, households); // the same households, with newer dates beside them
    await keepView(person.id, { teams: first.teams ?? [], etag, stale: false });
    return null;
  }
  await clearStaging(person.id);
  const staging = { first, etag, next: 1 };
  await stage(person.id, staging, households);
  return staging;
}

// A browser short of space may have taken the rows and left the note that they are there.
async function goneMissing(person: string, held: TeamView): Promise<boolean> {
  return held.count > 0 && (await (await database()).count("households", ofPerson(person))) === 0;
}

async function keepView(person: string, change: Partial<TeamView>): Promise<void> {
  const held = await heldKey();
  const tx = (await database()).transaction("known", "readwrite");
  const kept = await during(tx.store, reveal(held, "known", await tx.store.get(`${person}:${TEAM}`)));
  const value = { ...(valueOf(kept) as TeamView), ...change };
  if (kept) await tx.store.put(await during(tx.store, shut(held, "known", { key: kept.key, at: kept.at, value })));
  await tx.done;
  movedField();
}

export const markStale = (person: string): Promise<void> => keepView(person, { stale: true });

const rowOf = (person: string, row: HouseholdOut): HouseholdRow => ({ key: `${person}:${row.id}`, row, evicted: null });

async function stage(person: string, staging: Staging, households: HouseholdOut[]): Promise<void> {
  await putRows("staging", person, households);
  await remember(person, STAGING, staging); // after the rows: a page that dies in between asks for the same part again
}

async function putRows(store: "staging" | "households", person: string, rows: HouseholdOut[]): Promise<void> {
  const held = await heldKey();
  const kept = await Promise.all(rows.map((row) => shut(held, store, rowOf(person, row))));
  const tx = (await database()).transaction(["persons", store], "readwrite");
  const here = mayKeep(await tx.objectStore("persons").get(person), held);
  for (const row of here ? kept : []) void tx.objectStore(store).put(row);
  await tx.done;
}

async function clearStaging(person: string): Promise<void> {
  const tx = (await database()).transaction(["staging", "known"], "readwrite");
  await tx.objectStore("staging").delete(ofPerson(person));
  await tx.objectStore("known").delete(`${person}:${STAGING}`);
  await tx.done;
}

export async function fingerprint(rows: { id: string; version: number }[]): Promise<string> {
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  return sha256(new TextEncoder().encode(sorted.map(({ id, version }) => `${id}:${version}\n`).join("")));
}

async function checked(person: string, { first }: Staging, then: () => Promise<void>): Promise<void> {
  const kept = await (await database()).getAll("staging", ofPerson(person));
  const rows = (await revealAll(await heldKey(), "staging", kept)).map(({ row }) => row!);
  const whole = rows.length === first.manifest.count && (await fingerprint(rows)) === first.manifest.hash;
  return whole ? then() : giveUp(person, "the list is not what the manifest says");
}

// One transaction. The cursor goes back to where the list was taken, so that what changed while it came is pulled again.
async function switchOver(person: string, { first, etag }: Staging): Promise<void> {
  const [waiting, held] = [waitingFor(await rowsOf(person)), await heldKey()];
  const view: TeamView = { at: Date.now(), cursor: first.cursor, hash: first.manifest.hash, count: first.manifest.count, etag, stale: false, teams: first.teams ?? [] };
  const noted = await shut(held, "known", { key: `${person}:${TEAM}`, value: view, at: view.at });
  const tx = (await database()).transaction(["households", "staging", "known", "persons"], "readwrite");
  const [households, staging] = [tx.objectStore("households"), tx.objectStore("staging")];
  const owner = await tx.objectStore("persons").get(person);
  if (!owner || !mayKeep(owner, held)) return;
  const [old, fresh] = [await households.getAll(ofPerson(person)), await staging.getAll(ofPerson(person))];
  const listed = new Set(fresh.map(({ key }) => key));
  const unlisted = await during(households, revealAll(held, "households", old.filter(({ key }) => !listed.has(key))));
  const leaving = unlisted.filter(({ row }) => row && waiting.has(row.id)).map((row) => ({ ...row, evicted: row.evicted ?? { reason: "", team: null } }));
  const shutAgain = await during(households, Promise.all(leaving.map((row) => shut(held, "households", row))));
  await households.delete(ofPerson(person));
  for (const row of [...fresh, ...shutAgain]) void households.put(row);
  await staging.delete(ofPerson(person));
  await tx.objectStore("known").delete(`${person}:${STAGING}`);
  await tx.objectStore("known").put(noted);
  if (owner.cursor > first.cursor) await tx.objectStore("persons").put({ ...owner, cursor: first.cursor });
  await tx.done;
  settledFor.delete(person);
}

export const householdOf = (row: OutboxRow): string | null => {
  const { body } = JSON.parse(row.frozen) as { body?: { household?: unknown } };
  return typeof body?.household === "string" ? body.household : null;
};

// Households about which something of ours has no receipt yet.
export const waitingFor = (rows: OutboxRow[]): Set<string> => new Set(rows.filter((row) => isDue(row) || row.state === "held").flatMap((row) => householdOf(row) ?? []));

// A change older than the whole list is in it already; taken again, an old eviction would tear out what came back since.
export async function takeChange(person: PersonRow, { noun, id, change, seq, data }: PulledChange): Promise<void> {
  if (noun === "team") return markStale(person.id);
  const view = await teamOf(person.id);
  if (view && seq <= view.cursor) return;
  const held = await heldKey();
  const tx = (await database()).transaction(["persons", "households"], "readwrite");
  const rows = tx.objectStore("households");
  const may = mayKeep(await tx.objectStore("persons").get(person.id), held);
  const old = await during(rows, reveal(held, "households", await rows.get(`${person.id}:${id}`)));
  const next = changed(person.id, old, change, data);
  if (next && may) await rows.put(await during(rows, shut(held, "households", next)));
  await tx.done;
  settledFor.delete(person.id);
  movedField();
}

// An eviction without data is of a household that came back meanwhile.
function changed(person: string, held: HouseholdRow | undefined, change: string, data: unknown): HouseholdRow | undefined {
  if (change === "evicted") return held && data ? { ...held, evicted: data as NonNullable<HouseholdRow["evicted"]> } : undefined;
  if (change === "gone") return held && { ...held, evicted: { reason: "gone", team: null } };
  const row = data as HouseholdOut | null;
  const older = held?.row && !held.evicted && row && row.version < held.row.version;
  return change === "changed" && row && !older ? rowOf(person, row) : undefined;
}

// Whose list has nobody on the way out; it need not be read through with every round.
const settledFor = new Set<string>();

// An evicted household leaves when the node has a receipt for everything about it. The trace without a name that remains
// keeps an old own deed from bringing it back to the list.
export async function sweep(person: string): Promise<void> {
  if (settledFor.has(person)) return;
  const [waiting, held] = [waitingFor(await rowsOf(person)), await heldKey()];
  const tx = (await database()).transaction("households", "readwrite");
  const rows = await during(tx.store, revealAll(held, "households", await tx.store.getAll(ofPerson(person))));
  const leaving = rows.filter(({ row, evicted }) => row && evicted);
  const free = leaving.filter(({ row }) => !waiting.has(row!.id));
  for (const row of free) await tx.store.put(await during(tx.store, shut(held, "households", { ...row, row: null })));
  await tx.done;
  if (free.length === leaving.length) settledFor.add(person);
  if (free.length) movedField();
}
