// The own ideas as they stand with what this phone still has to send: plain values in, plain values out.
import type { IdeaMine, IdeaOne } from "../../api/types";
import { isDue, type OutboxRow } from "../../store/outbox";

export type Track = "small" | "formal";
export type State = "draft" | "received" | "returned" | "valid" | "invalid" | "judging" | "recommended" | "not_recommended" | "recognised" | "not_recognised" | "noted" | "withdrawn";

export interface Effect {
  what: string;
  amount: number;
  unit: string;
  verified: boolean;
}

export interface OtherBody {
  id: string;
  name: string;
  share: number;
}

export interface WriteBody {
  initiative: string;
  track: Track;
  title: string;
  problem: string;
  solution: string;
  applied_where: string;
  applied_from: string | null;
  effect: string;
  effects: Effect[];
  unit: string | null;
  challenge: string | null;
  share: number;
  others: OtherBody[];
  files: { digest: string; name: string }[];
}

export interface Author {
  id: string;
  name: string;
  me: boolean;
  share: number; // what counts now
  written: number; // as it was agreed
  agreed: boolean;
  withdrawn: boolean;
}

export type Idea = Omit<IdeaMine["initiatives"][number], "authors" | "files" | "effects" | "state" | "track"> & {
  track: Track;
  state: State;
  effects: Effect[];
  authors: Author[];
  files: Record<string, string>; // digest -> waiting | complete | refused
  waits: boolean; // words written here and not yet with the node
  sending: boolean; // handed in here, not yet with the node
};

// The node's last word, and when it was asked for by the phone's clock: what was answered later is not in it yet.
export interface Kept<T> {
  at: number;
  told: T;
}

export interface View {
  ideas: Idea[]; // the newest first
  spoken: Record<string, boolean>; // invitation -> the yes or no said on this phone
  refused: OutboxRow[];
}

export const MAY_WRITE: readonly State[] = ["draft", "received", "returned"];
const MAY_WITHDRAW: readonly State[] = [...MAY_WRITE, "valid", "invalid", "judging", "recommended", "not_recommended", "noted"];
export const mayWrite = (idea: Idea): boolean => idea.mine && MAY_WRITE.includes(idea.state);
export const mayWithdraw = (idea: Idea): boolean => MAY_WITHDRAW.includes(idea.state);
export const mayHandIn = (idea: Idea): boolean => idea.mine && !idea.sending && (idea.state === "draft" || idea.state === "returned");

export const isRefused = (row: OutboxRow): boolean => row.state === "aside" || row.outcome === "refused";
export const bodyOf = <B>(row: OutboxRow): B => (JSON.parse(row.frozen) as { body: B }).body;
const named = (row: OutboxRow): string => row.action.slice("initiative.".length);

export const ownRows = (rows: OutboxRow[], activity: string): OutboxRow[] => rows.filter((row) => row.activity === activity && row.action.startsWith("initiative."));

// Deeds the node's last word does not know yet.
const freshOf = (own: OutboxRow[], kept: Kept<unknown> | undefined): OutboxRow[] => own.filter((row) => !isRefused(row) && (isDue(row) || !kept || (row.acknowledged_ms ?? Infinity) >= kept.at));

export function viewOf(kept: Kept<IdeaMine> | undefined, rows: OutboxRow[], activity: string, putAway: string[] = [], me = ""): View {
  const own = ownRows(rows, activity);
  const ideas = new Map((kept?.told.initiatives ?? []).map((one) => [one.id, { ...one, waits: false, sending: false } as unknown as Idea]));
  const spoken: Record<string, boolean> = {};
  const added: string[] = [];
  for (const row of freshOf(own, kept)) {
    const body = bodyOf<WriteBody & { author: string; agrees: boolean }>(row);
    const idea = ideas.get(body.initiative);
    if (named(row) === "write") {
      if (!idea) added.unshift(body.initiative);
      ideas.set(body.initiative, written(idea, body, isDue(row), me));
    } else if (named(row) === "register" && idea) ideas.set(idea.id, { ...idea, state: "received", sending: isDue(row) });
    else if (named(row) === "withdraw" && idea) ideas.set(idea.id, { ...idea, state: "withdrawn", waits: isDue(row), sending: false });
    else if (named(row) === "author") {
      spoken[body.author] = body.agrees;
      for (const one of ideas.values()) if (one.authors.some(({ id }) => id === body.author)) ideas.set(one.id, spokenFor(one, body.author, body.agrees));
    }
  }
  return { ideas: [...added.map((id) => ideas.get(id)!), ...[...ideas.values()].filter(({ id }) => !added.includes(id))], spoken, refused: stillRefused(own).filter((row) => !putAway.includes(row.id)) };
}

function written(before: Idea | undefined, body: WriteBody, waits: boolean, me: string): Idea {
  const { initiative: id, share, others, files, ...text } = body;
  const mine = before?.authors.find((one) => one.me) ?? { id: "", name: me, me: true, agreed: true, withdrawn: false };
  const known = (other: OtherBody) => before?.authors.find((one) => one.id === other.id) ?? { me: false, agreed: false, withdrawn: false };
  const authors = [{ ...mine, share, written: share }, ...others.map((other) => ({ ...known(other), ...other, written: other.share }))];
  return {
    code: null, revision: 0, stages: [], recognitions: [], adoptions: [], public_from: null, unit_name: null, state: "draft", sending: false, ...before, ...text, id, mine: true, waits,
    authors: [...authors, ...(before?.authors ?? []).filter((one) => one.withdrawn && !authors.some(({ id: listed }) => listed === one.id))],
    files: Object.fromEntries(files.map(({ digest }) => [digest, before?.files[digest] ?? "waiting"])),
  };
}

const spokenFor = (idea: Idea, author: string, agrees: boolean): Idea => ({ ...idea, authors: idea.authors.map((one) => (one.id === author ? { ...one, agreed: agrees, withdrawn: !agrees, share: agrees ? one.share : 0 } : one)) });

// A refused deed is over when the same thing was done once more since: its words are in the newer one.
function stillRefused(own: OutboxRow[]): OutboxRow[] {
  const what = (row: OutboxRow): string => {
    const body = bodyOf<{ initiative?: string; author?: string; comment?: string }>(row);
    return `${row.action}:${body.comment ?? body.author ?? body.initiative}`;
  };
  return own.filter((row) => isRefused(row) && !own.some((later) => later.seq > row.seq && what(later) === what(row)));
}

// --- writing ----------------------------------------------------------------------------------------------------------

export const emptyBody = (track: Track, challenge: string | null = null): WriteBody => ({
  initiative: "", track, title: "", problem: "", solution: "", applied_where: "", applied_from: null, effect: "", effects: [], unit: null, challenge, share: 100, others: [], files: [],
});

// What is there is written whole each time: no part of it is lost because a form does not show it.
export function bodyFrom(idea: Idea): WriteBody {
  const { id, track, title, problem, solution, applied_where, applied_from, effect, effects, unit, challenge, authors, files } = idea;
  const others = authors.filter((one) => !one.me && !one.withdrawn).map(({ id: other, name, written: share }) => ({ id: other, name, share }));
  return { initiative: id, track, title, problem, solution, applied_where, applied_from, effect, effects, unit, challenge, share: authors.find((one) => one.me)?.written ?? 100, others, files: Object.keys(files).map((digest) => ({ digest, name: "" })) };
}

export type Lack = "no_title" | "no_small_track" | "no_problem" | "no_solution" | "not_applied" | "no_effect" | "too_many_authors" | "shares_not_100";

// The node's own questions, asked beforehand: what is missing is named where it can be mended.
export function lacks(body: WriteBody, { small_track = true, most_authors = 5 }: Partial<IdeaMine>): Lack[] {
  const found: Lack[] = [];
  const ask = (missing: boolean, lack: Lack) => missing && found.push(lack);
  const formal = body.track === "formal";
  ask(!body.title.trim(), "no_title");
  ask(!formal && !small_track, "no_small_track");
  ask(!body.problem.trim(), "no_problem");
  ask(!body.solution.trim(), "no_solution");
  ask(formal && (!body.applied_where.trim() || !body.applied_from), "not_applied");
  ask(formal && !body.effect.trim() && !body.effects.length, "no_effect");
  ask(body.others.length + 1 > most_authors, "too_many_authors");
  ask(sumOf(body) !== 100, "shares_not_100");
  return found;
}

export const sumOf = ({ share, others }: Pick<WriteBody, "share" | "others">): number => others.reduce((sum, one) => sum + one.share, share);

// In equal parts; what rounding leaves falls to the first.
export const equalShares = (many: number): number[] => Array.from({ length: many }, (_, at) => Math.floor(100 / many) + (at === 0 ? 100 % many : 0));

// --- an invitation ----------------------------------------------------------------------------------------------------

// 'f3a1 09c2 …': short groups, for reading out. What is typed or scanned may be that, or the whole address.
export const codeOf = (author: string): string => author.replace(/-/g, "").replace(/(.{4})(?=.)/g, "$1 ");

export function invitationIn(typed: string): string | null {
  const last = decodeURIComponent(typed.trim().replace(/%(?![0-9a-f]{2})/gi, "")).split("/").filter(Boolean).at(-1) ?? "";
  const digits = last.toLowerCase().replace(/[\s-]/g, "");
  return /^[0-9a-f]{32}$/.test(digits) ? digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") : null;
}

// --- one in the gallery -----------------------------------------------------------------------------------------------

type Comment = IdeaOne["comments"][number] & { waits: boolean; reported: boolean };
export type Shown = Omit<IdeaOne, "comments"> & { comments: Comment[]; waits: boolean };

// With what this phone has said about it since.
export function shownOf(kept: Kept<IdeaOne>, rows: OutboxRow[], activity: string): Shown {
  const { card, comments, endorsed } = kept.told;
  const own = ownRows(rows, activity);
  const about = freshOf(own, kept).filter((row) => bodyOf<{ initiative?: string }>(row).initiative === card.id);
  const stood = about.filter((row) => named(row) === "endorse").at(-1);
  const stands = stood ? bodyOf<{ yes: boolean }>(stood).yes : endorsed;
  const reports = new Set(own.filter((row) => named(row) === "report" && !isRefused(row)).map((row) => bodyOf<{ comment: string }>(row).comment));
  const said = new Map<string, Comment>(comments.map((one) => [one.id, { ...one, waits: false, reported: reports.has(one.id) }]));
  for (const row of about.filter((one) => named(one) === "comment")) {
    const { comment: id, words, gone } = bodyOf<{ comment: string; words: string; gone: boolean }>(row);
    if (gone) said.delete(id);
    else said.set(id, { id, words, at: new Date(row.wall_ms).toISOString(), mine: true, hidden: false, why: null, ...said.get(id), waits: isDue(row), reported: false });
  }
  return {
    ...kept.told, card: { ...card, endorsements: card.endorsements + Number(stands) - Number(endorsed) }, endorsed: stands, waits: stood !== undefined && isDue(stood), comments: [...said.values()],
  };
}
