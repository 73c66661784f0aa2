// What the team's screens read: the list as the phone has it, without asking anybody.
import type { HouseholdKind, Place } from "../api/types";
import { fold } from "../lib/fold";
import { database, ofPerson } from "../store/db";
import type { HouseholdRow, TeamView } from "../store/field";
import { isDue, rowsOf, type OutboxRow } from "../store/outbox";
import { current } from "../store/persons";
import { heldKey, revealAll } from "../store/vault";
import { householdOf, teamOf } from "./team";

export interface HouseholdLine {
  id: string;
  version: number;
  code: string | null; // null: the node has not given it yet
  kind: HouseholdKind;
  nickname: string;
  hamlet: Place;
  team: string | null;
  last_visit: string | null;
  follow_up_on: string | null;
  promised_by: string | null; // the visit that promised it
  no_further_visit: boolean;
  card: string | null;
  folded: string; // code, nickname and hamlet without marks, to search in
  waiting: number; // own deeds about it without a receipt
  logged_ms: number | null; // when this phone last wrote a visit to it
  mine: boolean; // met first by this phone; not yet in the node's list
  evicted: HouseholdRow["evicted"];
}

const LOG = "visit.log";
const NEW = "visit.household";

interface NewBody {
  household: string;
  kind: HouseholdKind;
  nickname: string;
  hamlet: string;
}

export async function households(): Promise<HouseholdLine[]> {
  const person = current.get()?.id;
  if (!person) return [];
  const [kept, deeds, view] = await Promise.all([(await database()).getAll("households", ofPerson(person)), rowsOf(person), teamOf(person)]);
  return lines(await revealAll(await heldKey(), "households", kept), deeds, view);
}

export function lines(held: HouseholdRow[], deeds: OutboxRow[], view: TeamView | undefined): HouseholdLine[] {
  const marks = marksOf(deeds);
  const known = new Set(held.map(({ key }) => key.slice(-36)));
  const listed = held.flatMap(({ row, evicted }) => (row ? [line({ ...row, mine: false, evicted }, marks)] : []));
  const made = deeds.flatMap((deed) => ownNew(deed, view).filter(({ id }) => !known.has(id)));
  return [...listed, ...made.map((one) => line(one, marks))].sort((a, b) => a.hamlet.name.localeCompare(b.hamlet.name, "vi") || a.nickname.localeCompare(b.nickname, "vi"));
}

type Bare = Omit<HouseholdLine, "folded" | "waiting" | "logged_ms">;

function line(bare: Bare, marks: Marks): HouseholdLine {
  const { waiting = 0, logged_ms = null } = marks.get(bare.id) ?? {};
  return { ...bare, folded: fold(`${bare.code ?? ""} ${bare.nickname} ${bare.hamlet.name}`), waiting, logged_ms };
}

type Marks = Map<string, { waiting: number; logged_ms: number | null }>;

function marksOf(deeds: OutboxRow[]): Marks {
  const marks: Marks = new Map();
  for (const deed of deeds) {
    const id = householdOf(deed);
    if (!id) continue;
    const mark = marks.get(id) ?? { waiting: 0, logged_ms: null };
    if (isDue(deed)) mark.waiting++;
    if (deed.action === LOG && deed.outcome !== "refused") mark.logged_ms = Math.max(mark.logged_ms ?? 0, deed.wall_ms);
    marks.set(id, mark);
  }
  return marks;
}

// A household met first by this phone is in the list at once. What had its receipt before the node's list was taken must be
// in that list; if it is not, it went to another team.
function ownNew(deed: OutboxRow, view: TeamView | undefined): Bare[] {
  if (deed.action !== NEW || deed.outcome === "refused" || deed.state === "aside") return [];
  if (view && deed.state === "receipt" && deed.outcome !== "waiting" && (deed.acknowledged_ms ?? 0) < view.at) return [];
  const { household, kind, nickname, hamlet } = (JSON.parse(deed.frozen) as { body: NewBody }).body;
  const place = view?.teams.flatMap(({ areas }) => areas).find(({ id }) => id === hamlet) ?? { id: hamlet, name: "" };
  const code = typeof deed.result?.code === "string" ? deed.result.code : null;
  return [{ id: household, version: 0, code, kind, nickname, hamlet: place, team: view?.teams[0]?.id ?? null, last_visit: null, follow_up_on: null, promised_by: null, no_further_visit: false, card: null, mine: true, evicted: null }];
}

export const household = async (id: string): Promise<HouseholdLine | undefined> => (await households()).find((one) => one.id === id);

const CARD = /^LTH1\.([0-9a-f-]{32,36})\./i;
const plain = (text: string): string => fold(text).replace(/[^a-z0-9]/g, "");

// The text of a card's QR code, or a code typed by hand. An older card of the same household finds it too: the phone cannot
// check the seal, and the node looks at the household anyway.
export async function findByCard(text: string): Promise<HouseholdLine | undefined> {
  const all = await households();
  const id = CARD.exec(text.trim())?.[1]?.replace(/-/g, "").toLowerCase();
  if (id) return all.find((one) => one.id.replace(/-/g, "") === id);
  const typed = plain(text);
  return typed ? all.find((one) => one.code !== null && plain(one.code) === typed) : undefined;
}

export async function teamView(): Promise<TeamView | null> {
  const person = current.get()?.id;
  return (person && (await teamOf(person))) || null;
}
