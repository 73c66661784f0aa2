// What every screen of the pledge needs: the own pledge, how to do something about it, and words not yet saved.
import { useEffect, useMemo, useState } from "preact/hooks";
import { BASE, NoSignal, Problem, ask, language } from "../../api/http";
import { recallMine } from "../../api/calls";
import type { Activity, PledgeMine, PledgeSuggestion } from "../../api/types";
import { remember } from "../../store/known";
import { current } from "../../store/persons";
import type { OutboxRow } from "../../store/outbox";
import { activitiesMoved } from "../../sync";
import { t } from "../../text";
import { useAct as useKindAct, type Act } from "../../ui/act";
import { useDraft as useKeptDraft, type Draft } from "../../ui/draft";
import { useRead, type Read } from "../../ui/read";
import { useOutbox } from "../../ui/status";
import { useLive } from "../../ui/use";
import { viewOf, type Kept, type View } from "./state";

export interface OwnPledge {
  activity: Activity;
  base: string;
  mine: PledgeMine | undefined;
  view: View;
  rows: OutboxRow[];
  read: Read<Kept>;
  putAway: (id: string) => void;
}

async function readKept(activity: string): Promise<Kept> {
  const person = current.get();
  const at = Date.now(); // before asking: what is received meanwhile is laid over the answer
  const mine = await ask<PledgeMine>(`/activities/${activity}/mine`, { token: person?.token ?? null });
  if (person) await remember(person.id, `pledge-mine:${activity}`, { at, mine });
  return { at, mine };
}

export function usePledge(activity: Activity): OwnPledge {
  const rows = useOutbox();
  const turn = useLive(activitiesMoved);
  const answered = rows.filter((row) => row.activity === activity.id && row.state === "receipt").length;
  const read = useRead(() => readKept(activity.id), () => recallMine<Kept>(`pledge-mine:${activity.id}`), `${activity.id}:${turn}:${answered}`);
  const [away, setAway] = useState<string[]>([]);
  useEffect(() => void recallMine<string[]>(`pledge-away:${activity.id}`).then((held) => held && setAway(held)), []);
  const view = useMemo(() => viewOf(read.value, rows, activity.id, away), [read.value, rows, away]);
  const putAway = (id: string) => {
    const next = [...away, id];
    setAway(next);
    void remember(current.get()!.id, `pledge-away:${activity.id}`, next);
  };
  return { activity, base: `/activity/${activity.id}`, mine: read.value?.mine, view, rows, read, putAway };
}

export function useMenu(activity: string): Read<PledgeSuggestion[]> {
  const what = `pledge-menu:${activity}:${language.get()}`;
  return useRead(async () => {
    const person = current.get();
    const { suggestions } = await ask<{ suggestions: PledgeSuggestion[] }>(`/pledges/${activity}/menu`, { token: person?.token ?? null });
    if (person) await remember(person.id, what, suggestions);
    return suggestions;
  }, () => recallMine<PledgeSuggestion[]>(what), what);
}

export const useAct = (activity: string): Act => useKindAct("pledge", activity);

export type { Draft } from "../../ui/draft";
export const useDraft = <T extends object>(name: string, initial: T): Draft<T> => useKeptDraft(`pledge-draft:${name}`, initial);

const TYPES = { docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", pdf: "application/pdf" } as const;
export type FormEnding = keyof typeof TYPES;

// The form is made by the node; it is saved where the phone keeps what was downloaded.
export async function saveForm(activity: string, ending: FormEnding): Promise<void> {
  const headers = { Authorization: `Bearer ${current.get()?.token ?? ""}`, "Accept-Language": language.get() };
  const answer = await fetch(`${BASE}/pledges/${activity}/form.${ending}`, { headers, cache: "no-store" }).catch(() => {
    throw new NoSignal();
  });
  if (answer.headers.get("Content-Type") !== TYPES[ending]) {
    const told = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
    throw answer.ok ? new NoSignal() : new Problem(answer.status, told.code ?? "unknown", told.detail ?? "", 0, {});
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = t("pledge.form.name", { ending });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
