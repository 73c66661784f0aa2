import { useCallback, useEffect, useState } from "preact/hooks";
import { recall } from "../../store/known";
import { outboxMoved } from "../../store/outbox";
import { useLive } from "../../ui/use";
import { refresh } from "./deeds";
import { paperKey, type Paper } from "./paper";

export interface PaperState {
  paper: Paper | undefined;
  attemptsLeft: number | null;
  loading: boolean;
  reload: () => Promise<void>;
}

// The phone's own copy first (it is always the newest about answers), then the node's word about state and result.
export function usePaper(person: string, activity: string): PaperState {
  const [state, setState] = useState<Omit<PaperState, "reload">>({ paper: undefined, attemptsLeft: null, loading: true });
  const turn = useLive(outboxMoved);
  const local = useCallback(async () => {
    const paper = await recall<Paper>(person, paperKey(activity));
    const attemptsLeft = (await recall<number | null>(person, `attempts-left:${activity}`)) ?? null;
    setState((now) => ({ ...now, paper, attemptsLeft, loading: paper ? false : now.loading }));
  }, [person, activity]);
  const reload = useCallback(async () => {
    await local();
    await refresh(person, activity).catch(() => undefined);
    await local();
    setState((now) => ({ ...now, loading: false }));
  }, [local]);
  useEffect(() => void local(), [local, turn]);
  useEffect(() => void reload(), [reload]);
  return { ...state, reload };
}
