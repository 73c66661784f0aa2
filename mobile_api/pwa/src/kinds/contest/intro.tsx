import { useEffect, useRef, useState } from "preact/hooks";
import type { Activity, ContestInShort } from "../../api/types";
import { serverNow } from "../../clock";
import { needPath } from "../../screens/needs";
import { go } from "../../route";
import { attempts as attemptsAllowed, count, t, until } from "../../text";
import { BackLink, Banner, Button, Title } from "../../ui/parts";
import { problemText } from "../../ui/problems";
import type { Read } from "../../ui/read";
import { Unreached, start } from "./deeds";
import { isHere, type Paper } from "./paper";

type Left = number | null | undefined; // null: as many as one likes; undefined: the node has not been asked

interface Props {
  activity: Activity;
  read: Read<Activity>;
  paper: Paper | undefined; // the one that is running
  attemptsLeft: Left;
  person: string;
}

export function Intro({ activity, read, paper, attemptsLeft, person }: Props) {
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      <InShort activity={activity} attemptsLeft={attemptsLeft} />
      {activity.state === "open" && !paper && <p>{t("contest.clock")}</p>}
      {paper ? <Running paper={paper} /> : <StartPart activity={activity} read={read} attemptsLeft={attemptsLeft} person={person} />}
      <nav class="rows card after" aria-label={t("contest.more")}>
        <a href={`#/activity/${activity.id}/rules`} data-testid="open-rules"><strong>{t("contest.rules")}</strong><small>{t("contest.rules.count", { n: activity.rules.length })}</small></a>
        {activity.state !== "scheduled" && <a href={`#/activity/${activity.id}/boards`} data-testid="open-boards"><strong>{t("boards.title")}</strong><small>{t(activity.state === "settled" ? "boards.link.settled" : "boards.link")}</small></a>}
      </nav>
    </>
  );
}

function Running({ paper }: { paper: Paper }) {
  return <a class="button main wide" href={`#/activity/${paper.activity}/paper`} data-testid="resume-contest">{t(isHere(paper) ? "contest.resume" : "contest.resume.there")}</a>;
}

function InShort({ activity, attemptsLeft }: { activity: Activity; attemptsLeft: Left }) {
  const { questions, minutes, prediction, attempts } = activity.in_short as ContestInShort;
  const opens = activity.state === "scheduled";
  return (
    <dl class="facts-grid card">
      <div><dt>{t("fact.questions")}</dt><dd>{t("fact.questions.n", { n: questions })}{prediction && <small>{t("fact.prediction")}</small>}</dd></div>
      <div><dt>{t("fact.minutes")}</dt><dd>{t("fact.minutes.n", { n: count(minutes) })}</dd></div>
      <div><dt>{t("fact.attempts")}</dt><dd>{attemptsAllowed(attempts)}{typeof attemptsLeft === "number" && attempts !== 1 && <small>{t("fact.attempts.left", { n: attemptsLeft })}</small>}</dd></div>
      <div><dt>{t(opens ? "fact.opens" : activity.state === "open" ? "fact.closes" : "fact.closed")}</dt><dd>{until(opens ? activity.opens_at : activity.closes_at, serverNow())}</dd></div>
    </dl>
  );
}

function StartPart({ activity, read, attemptsLeft, person }: Omit<Props, "paper">) {
  if (activity.state === "scheduled") return <Banner>{t("contest.not-open")}</Banner>;
  if (activity.state !== "open") return <Banner testid="contest-over">{t("contest.closed")}</Banner>;
  if (activity.paused) return <Banner tone="warn" testid="contest-paused">{t("contest.paused")}</Banner>;
  if (attemptsLeft === 0) return <Banner>{t("contest.attempts.none")}</Banner>;
  const need = activity.needs[0];
  if (need === "age") return <Banner>{t("need.age")}</Banner>;
  if (need === "excluded") return <Banner testid="need-excluded">{t("need.excluded")}</Banner>;
  if (need) return <a class="button main wide" data-testid="start-contest" href={`#${needPath(activity.id, need)}`}>{t("contest.prepare")}</a>;
  return <StartButton activity={activity} read={read} attemptsLeft={attemptsLeft} person={person} />;
}

export function StartButton({ activity, read, attemptsLeft, person, again }: Omit<Props, "paper" | "read"> & { read?: Read<Activity>; again?: boolean }) {
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  const [lost, setLost] = useState(false);
  const notes = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (note) notes.current?.scrollIntoView({ block: "center" }); // in large type the button may be far down; its answer must be seen
  }, [note]);
  async function press(): Promise<void> {
    setBusy(true);
    setNote(null);
    try {
      const result = await start(person, activity);
      if (result.outcome !== "refused" && result.result?.attempt) return go(`/activity/${activity.id}/paper`);
      setNote(result.message ?? t("problem.unknown"));
      void read?.again(); // the node may have found something still missing
    } catch (error) {
      setLost(error instanceof Unreached && error.tried);
      setNote(error instanceof Unreached ? t(error.tried ? "contest.start.lost" : "contest.needs-signal") : problemText(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      {again && <p class="hint">{t("contest.clock")}{typeof attemptsLeft === "number" && ` (${t("fact.attempts.left", { n: attemptsLeft })})`}</p>}
      <div ref={notes}>{note && <Banner tone="warn" alert testid="offline-note">{note}</Banner>}</div>
      <Button class="wide" data-testid="start-contest" busy={busy} onClick={() => void press()}>
        {busy ? t("contest.starting") : t(lost ? "contest.start.again" : again ? "contest.again" : "contest.start")}
      </Button>
    </>
  );
}
