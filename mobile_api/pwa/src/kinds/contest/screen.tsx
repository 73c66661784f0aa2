import { useEffect } from "preact/hooks";
import type { Activity } from "../../api/types";
import { go } from "../../route";
import { current } from "../../store/persons";
import { activitiesMoved } from "../../sync";
import { Loading } from "../../ui/parts";
import type { Read } from "../../ui/read";
import { useLive } from "../../ui/use";
import { Intro } from "./intro";
import { isOpen } from "./paper";
import { PaperView } from "./paper-view";
import { Result } from "./result";
import { usePaper } from "./use-paper";

export function ContestScreen({ activity, read, rest }: { activity: Activity; read: Read<Activity>; rest: string }) {
  const person = useLive(current)!;
  const turn = useLive(activitiesMoved);
  const state = usePaper(person.id, activity.id);
  const { paper, loading } = state;
  const open = paper !== undefined && isOpen(paper);
  const leave = rest === "paper" && !loading && !open;
  useEffect(() => {
    if (leave) go(`/activity/${activity.id}`, true);
  }, [leave]);
  useEffect(() => void state.reload(), [turn, person.token]);
  if (leave || (loading && !paper)) return <Loading />;
  if (rest === "paper" && paper) return <PaperView paper={paper} person={person.id} title={activity.title} />;
  if (paper && !open) return <Result paper={paper} person={person.id} activity={activity} attemptsLeft={state.attemptsLeft} reload={state.reload} />;
  return <Intro activity={activity} read={read} running={open} attemptsLeft={state.attemptsLeft} person={person.id} />;
}
