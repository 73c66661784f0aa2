// What every screen of the team needs: the households, the own deeds of this activity, and how to do one more.
import { useMemo, useState } from "preact/hooks";
import { readVisitMine, type VisitMine } from "./mine";
import type { Activity } from "../../api/types";
import { recallMine } from "../../api/calls";
import { live } from "../../lib/live";
import type { OutboxRow } from "../../store/outbox";
import { current } from "../../store/persons";
import { activitiesMoved, perform } from "../../sync";
import { t } from "../../text";
import { useHouseholds, useTeam } from "../../ui/field";
import { useRead, type Read } from "../../ui/read";
import { useOutbox } from "../../ui/status";
import { useLive } from "../../ui/use";
import { done, marks, today, type Marks, type SessionBody, type VisitBody } from "./records";

export interface CheckInBody {
  hamlet: string;
  code: string | null;
  corrects?: null;
}

export type House = ReturnType<typeof useHouseholds>["rows"][number] & Marks;

export interface Area {
  id: string;
  name: string;
}

export function useDay(activity: Activity) {
  const rows = useOutbox();
  const team = useTeam();
  const found = useHouseholds();
  const visits = useMemo(() => done<VisitBody>(rows, activity.id, "visit.log"), [rows, activity.id]);
  const sessions = useMemo(() => done<SessionBody>(rows, activity.id, "visit.session"), [rows, activity.id]);
  const checkIns = useMemo(() => done<CheckInBody>(rows, activity.id, "visit.check_in"), [rows, activity.id]);
  const houses: House[] = useMemo(() => found.rows.map((line) => ({ ...line, ...marks(line, visits) })), [found.rows, visits]);
  return { rows: rows.filter((row) => row.activity === activity.id), team, houses, loading: found.loading, visits, sessions, checkIns, areas: areasOf(team), today: today() };
}

export type DayState = ReturnType<typeof useDay>;

export function areasOf(team: ReturnType<typeof useTeam>): Area[] {
  const all = (team?.teams ?? []).flatMap((one) => one.areas);
  return all.filter((area, at) => all.findIndex((other) => other.id === area.id) === at);
}

// The own visits as the node has them: for a phone that is new or was emptied.
export function useMine(activity: Activity): Read<VisitMine> {
  const turn = useLive(activitiesMoved);
  return useRead(() => readVisitMine(activity.id), () => recallMine<VisitMine>(`visit-mine:${activity.id}`), `${activity.id}:${turn}`);
}

// What was written down last: the home of the team says how it stands, and offers to mend it.
export const lastDone = live<{ id: string; name: string } | null>(null);

export function useDeed(activity: Activity): { busy: boolean; failed: string | null; act: (action: string, body: object, name: string) => Promise<OutboxRow | null> } {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  async function act(action: string, body: object, name: string): Promise<OutboxRow | null> {
    if (busy) return null; // two quick taps are one deed
    setBusy(true);
    setFailed(null);
    try {
      const row = await perform(current.get()!.id, { activity: activity.id, action, body: { ...body } });
      if (row) lastDone.set({ id: row.id, name });
      return row;
    } catch {
      setFailed(t("store.failed"));
      return null;
    } finally {
      setBusy(false);
    }
  }
  return { busy, failed, act };
}
