import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { recall } from "../../store/known";
import { outboxMoved } from "../../store/outbox";
import { useLive } from "../../ui/use";
import { heedVerdicts, paperMoved, refresh, standingKey, type Standing } from "./deeds";
import { paperKey, type Paper } from "./paper";

export interface PaperState {
  paper: Paper | undefined;
  standing: Standing | undefined; // undefined: the node has not been asked yet
  loading: boolean;
  reload: () => Promise<void>;
}

// The phone's own copy first (it is always the newest about answers), then the node's word about state and result.
export function usePaper(person: string, activity: string): PaperState {
  const [state, setState] = useState<Omit<PaperState, "reload">>({ paper: undefined, standing: undefined, loading: true });
  const sent = useLive(outboxMoved);
  const written = useLive(paperMoved);
  const turn = useRef(0);
  const asked = useRef(false); // the node was asked; only then may "no paper" be believed
  const local = useCallback(async () => {
    const mine = ++turn.current; // what was read earlier may come later
    const paper = await recall<Paper>(person, paperKey(activity));
    const standing = await recall<Standing>(person, standingKey(activity));
    if (mine === turn.current) setState((now) => ({ ...now, paper, standing, loading: now.loading && !paper && !asked.current }));
  }, [person, activity]);
  const reload = useCallback(async () => {
    await local();
    await refresh(person, activity).catch(() => undefined);
    asked.current = true;
    await local(); // whichever reading comes last says so, together with the paper it found
  }, [local]);
  useEffect(() => void local(), [local, sent, written]);
  useEffect(() => void heedVerdicts(person, activity).then(local, () => undefined), [local, sent]);
  useEffect(() => void reload(), [reload]);
  return { ...state, reload };
}
