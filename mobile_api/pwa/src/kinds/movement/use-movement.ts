// What every screen of a movement needs: the own firms and units, how to do something, and words not yet saved.
import { useEffect, useMemo, useState } from "preact/hooks";
import { ask } from "../../api/http";
import { recallMine } from "../../api/calls";
import type { Activity, MovementMine } from "../../api/types";
import { remember } from "../../store/known";
import { current } from "../../store/persons";
import { activitiesMoved } from "../../sync";
import { useAct as useKindAct, type Act } from "../../ui/act";
import { useDraft as useKeptDraft, type Draft } from "../../ui/draft";
import { useRead, type Read } from "../../ui/read";
import { useOutbox } from "../../ui/status";
import { useLive } from "../../ui/use";
import { viewOf, type Firm, type Kept, type View } from "./state";

export interface Own {
  activity: Activity;
  base: string;
  mine: MovementMine | undefined;
  view: View;
  read: Read<Kept>;
  putAway: (id: string) => void;
}

async function readKept(activity: string): Promise<Kept> {
  const person = current.get();
  const at = Date.now(); // before asking: what is received meanwhile is laid over the answer
  const mine = await ask<MovementMine>(`/activities/${activity}/mine`, { token: person?.token ?? null });
  if (person) await remember(person.id, `movement-mine:${activity}`, { at, mine });
  return { at, mine };
}

export function useMovement(activity: Activity): Own {
  const rows = useOutbox();
  const turn = useLive(activitiesMoved);
  const answered = rows.filter((row) => row.activity === activity.id && row.state === "receipt").length;
  const read = useRead(() => readKept(activity.id), () => recallMine<Kept>(`movement-mine:${activity.id}`), `${activity.id}:${turn}:${answered}`);
  const [away, setAway] = useState<string[]>([]);
  useEffect(() => void recallMine<string[]>(`movement-away:${activity.id}`).then((held) => held && setAway(held)), []);
  const view = useMemo(() => viewOf(read.value, rows, activity.id, away), [read.value, rows, away]);
  const putAway = (id: string) => {
    const next = [...away, id];
    setAway(next);
    void remember(current.get()!.id, `movement-away:${activity.id}`, next);
  };
  return { activity, base: `/activity/${activity.id}`, mine: read.value?.mine, view, read, putAway };
}

export const firmOf = ({ view }: Own, id: string): Firm | undefined => view.firms.find((one) => one.id === (view.called.get(id) ?? id));
export const useAct = (activity: string): Act => useKindAct("movement", activity);
export const useDraft = <T extends object>(name: string, initial: T): Draft<T> => useKeptDraft(`movement-draft:${name}`, initial);
