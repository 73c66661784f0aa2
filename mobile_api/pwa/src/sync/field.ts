// All that only a team in the field needs, in one piece that is fetched when it is first needed. Screens call these; what has
// to happen by itself is `afterRound`, once per round of the sync engine (see fieldwork.ts, which stays in the first load).
import { Problem } from "../api/http";
import { current, getPerson, type PersonRow } from "../store/persons";
import { sendCarried } from "./carried";
import { measureSpace } from "./space";
import { LoadIncomplete, loadTeamOf, sweep, teamOf } from "./team";

export { findByCard, household, households, teamView, type HouseholdLine } from "./households";
export { ExportRefused, RelayRefused, exportOutbox, giveFile, relayFile, relaysOf } from "./insurance";
export { fieldMoved } from "./moved";
export { PaperRefused, PhotoRefused, addPaper, addPhoto, dropPhoto, photoUrl, photosOf, sendPhotos } from "./photos";
export { space, type Space } from "./room";
export { LOW_MB, makeRoom, measureSpace, prepareForField } from "./space";
export { LoadIncomplete, markStale as listIsOld, takeChange } from "./team";
export type { PhotoRow, RelayRow, TeamView } from "../store/field";
export type { TeamOut } from "../api/types";

// By the person's wish: the whole list anew, whatever the phone has.
export async function loadTeam(): Promise<"loaded" | "same" | "none"> {
  const id = current.get()?.id;
  const person = id ? await getPerson(id) : undefined;
  return person?.token ? loadTeamOf(person, true) : "none";
}

const AGAIN_MS = 10 * 60_000;
let refusedAt = 0; // a list that the node will not give must not be asked for every minute

// After the records: the list first, for without it nobody can work; then what is carried for others; photos last.
export async function afterRound(person: PersonRow, inTeam: boolean): Promise<void> {
  const held = await teamOf(person.id);
  const due = held ? held.stale : inTeam && Date.now() - refusedAt > AGAIN_MS;
  if (due) await quietly(() => loadTeamOf(person), () => (refusedAt = Date.now()));
  if (held) await sweep(person.id);
  await quietly(sendCarried);
  await measureSpace();
}

// Without signal the round ends; what the node says to one of these concerns no other.
async function quietly(work: () => Promise<unknown>, refused: () => unknown = () => undefined): Promise<void> {
  await work().catch((error: unknown) => {
    if (error instanceof Problem) refused();
    else if (!(error instanceof LoadIncomplete)) throw error;
  });
}
