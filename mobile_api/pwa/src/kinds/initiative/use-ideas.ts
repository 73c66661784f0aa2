// What every screen of the ideas needs: the own ones, how to do something about them, and words not yet saved.
import { useEffect, useMemo, useState } from "preact/hooks";
import { ask } from "../../api/http";
import { recallMine } from "../../api/calls";
import type { Activity, IdeaMine, IdeaOne } from "../../api/types";
import { forget, remember } from "../../store/known";
import { current } from "../../store/persons";
import type { OutboxRow } from "../../store/outbox";
import { activitiesMoved } from "../../sync";
import { useAct as useKindAct, type Act } from "../../ui/act";
import { useDraft as useKeptDraft, type Draft } from "../../ui/draft";
import { useRead, type Read } from "../../ui/read";
import { useOutbox } from "../../ui/status";
import { useLive } from "../../ui/use";
import { shownOf, viewOf, type Kept, type Shown, type View } from "./state";

export interface OwnIdeas {
  activity: Activity;
  base: string;
  mine: IdeaMine | undefined;
  view: View;
  rows: OutboxRow[];
  read: Read<Kept<IdeaMine>>;
  putAway: (id: string) => void;
}

export const askMine = <T>(path: string): Promise<T> => ask<T>(path, { token: current.get()?.token ?? null });
export const tellMine = <T>(path: string, body: object): Promise<T> => ask<T>(path, { method: "POST", body, token: current.get()?.token ?? null });

// Fetched and laid down for the times without signal.
async function readKept<T>(path: string, what: string): Promise<Kept<T>> {
  const person = current.get();
  const at = Date.now(); // before asking: what is received meanwhile is laid over the answer
  const told = await askMine<T>(path);
  if (person) await remember(person.id, what, { at, told });
  return { at, told };
}

function useKept<T>(path: string, what: string, turn: string): Read<Kept<T>> {
  return useRead(() => readKept<T>(path, what), () => recallMine<Kept<T>>(what), turn);
}

export function useIdeas(activity: Activity): OwnIdeas {
  const rows = useOutbox();
  const turn = useLive(activitiesMoved);
  const person = useLive(current);
  const answered = rows.filter((row) => row.activity === activity.id && row.state === "receipt").length;
  const read = useKept<IdeaMine>(`/activities/${activity.id}/mine`, `idea-mine:${activity.id}`, `${activity.id}:${turn}:${answered}`);
  const [away, setAway] = useState<string[]>([]);
  useEffect(() => void recallMine<string[]>(`idea-away:${activity.id}`).then((held) => held && setAway(held)), []);
  const view = useMemo(() => viewOf(read.value, rows, activity.id, away, person?.name ?? ""), [read.value, rows, away]);
  const putAway = (id: string) => {
    const next = [...away, id];
    setAway(next);
    void remember(current.get()!.id, `idea-away:${activity.id}`, next);
  };
  return { activity, base: `/activity/${activity.id}`, mine: read.value?.told, view, rows, read, putAway };
}

export function useOne(activity: Activity, id: string, rows: OutboxRow[]): { shown: Shown | undefined; read: Read<Kept<IdeaOne>> } {
  const answered = rows.filter((row) => row.activity === activity.id && row.state === "receipt").length;
  const read = useKept<IdeaOne>(`/initiatives/${activity.id}/${id}`, `idea-one:${id}`, `${id}:${answered}`);
  const shown = useMemo(() => read.value && shownOf(read.value, rows, activity.id), [read.value, rows]);
  return { shown, read };
}

export const useAct = (activity: string): Act => useKindAct("initiative", activity);

export type { Draft } from "../../ui/draft";
export const useDraft = <T extends object>(name: string, initial: T): Draft<T> => useKeptDraft(`idea-draft:${name}`, initial);

// An invitation opened before the person could answer it: it waits at the top of the room.
const INVITED = "idea-invited:";

export const keepInvitation = (activity: string, author: string): Promise<void> => remember(current.get()!.id, INVITED + activity, author);
export const dropInvitation = (activity: string): Promise<void> => forget(current.get()!.id, INVITED + activity);
export function useInvitation(activity: string): string | null {
  const [author, setAuthor] = useState<string | null>(null);
  useEffect(() => void recallMine<string>(INVITED + activity).then((held) => setAuthor(held ?? null), () => undefined), [activity]);
  return author;
}
