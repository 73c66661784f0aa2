import { useEffect } from "preact/hooks";
import type { Activity } from "../../api/types";
import { go } from "../../route";
import { current } from "../../store/persons";
import { activitiesMoved } from "../../sync";
import { lazily } from "../../ui/lazy";
import { Loading } from "../../ui/parts";
import type { Read } from "../../ui/read";
import { useLive } from "../../ui/use";
import { OtherPhone, OtherTab } from "./elsewhere";
import { Intro } from "./intro";
import { isHere, isOpen, type Paper } from "./paper";
import { PaperView } from "./paper-view";
import { Result } from "./result";
import { Rules } from "./rules";
import { useTab } from "./tab";
import { usePaper, type PaperState } from "./use-paper";

const Boards = lazily(() => import("./boards").then((found) => found.BoardsScreen));

export function ContestScreen({ activity, read, rest }: { activity: Activity; read: Read<Activity>; rest: string }) {
  const person = useLive(current)!;
  const turn = useLive(activitiesMoved);
  const state = usePaper(person.id, activity.id);
  useEffect(() => void state.reload(), [turn, person.token]);
  const { paper, loading } = state;
  const open = paper !== undefined && isOpen(paper);
  const leave = rest === "paper" && !loading && !open;
  useEffect(() => {
    if (leave) go(`/activity/${activity.id}`, true);
  }, [leave]);
  if (rest === "rules") return <Rules activity={activity} back={open ? "paper" : ""} />;
  if (rest === "boards") return <Boards activity={activity} />;
  if (leave || (loading && !paper)) return <Loading />;
  if (rest === "paper" && paper) return <Paper paper={paper} state={state} activity={activity} person={person.id} />;
  if (paper && !open) return <Result paper={paper} person={person.id} activity={activity} state={state} />;
  return <Intro activity={activity} read={read} paper={open ? paper : undefined} attemptsLeft={state.standing?.attempts_left} person={person.id} />;
}

// A paper is worked on in one place: this tab of this phone, or it says where.
function Paper({ paper, state, activity, person }: { paper: Paper; state: PaperState; activity: Activity; person: string }) {
  const here = isHere(paper);
  const { tab, take } = useTab(here ? paper.attempt.id : undefined);
  if (!here) return <OtherPhone paper={paper} activity={activity} person={person} reload={state.reload} />;
  if (tab === "other") return <OtherTab activity={activity} onTake={() => void state.reload().then(take)} />;
  return tab === "asking" ? <Loading /> : <PaperView paper={paper} person={person} title={activity.title} />;
}
