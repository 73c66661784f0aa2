import { useEffect, useRef, useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { needPath } from "../../screens/needs";
import { go } from "../../route";
import { moment, t } from "../../text";
import { BackLink, Banner, Button, Title } from "../../ui/parts";
import { problemText } from "../../ui/problems";
import type { Read } from "../../ui/read";
import { Unreached, start } from "./deeds";

interface Props {
  activity: Activity;
  read: Read<Activity>;
  running: boolean;
  attemptsLeft: number | null;
  person: string;
}

export function Intro({ activity, read, running, attemptsLeft, person }: Props) {
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      <p class="hint">{t("contest.kind")} · {t(activity.state === "scheduled" ? "card.opens" : "card.closes", { time: moment(activity.state === "scheduled" ? activity.opens_at : activity.closes_at) })}</p>
      <section class="card" aria-labelledby="rules">
        <h2 id="rules">{t("contest.rules")}</h2>
        <ol class="rules">{activity.rules.map((rule) => <li key={rule}>{rule.replace(/^\d+[.)]\s*/, "")}</li>)}</ol>
        <p class="hint">{t("contest.rules.version", { version: activity.rules_version })}</p>
      </section>
      {running ? <a class="button main wide stay" href={`#/activity/${activity.id}/paper`} data-testid="resume-contest">{t("contest.resume")}</a>
        : <StartPart activity={activity} read={read} attemptsLeft={attemptsLeft} person={person} />}
    </>
  );
}

function StartPart({ activity, read, attemptsLeft, person }: Omit<Props, "running">) {
  if (activity.state === "scheduled") return <Banner>{t("contest.not-open")}</Banner>;
  if (activity.state !== "open") return <Banner>{t("contest.closed")}</Banner>;
  if (attemptsLeft === 0) return <Banner>{t("contest.attempts.none")}</Banner>;
  if (activity.needs.includes("age")) return <Banner>{t("need.age")}</Banner>;
  if (activity.needs.length) {
    return <a class="button main wide stay" data-testid="start-contest" href={`#${needPath(activity.id, activity.needs[0]!)}`}>{t("contest.prepare")}</a>;
  }
  return <StartButton activity={activity} read={read} attemptsLeft={attemptsLeft} person={person} />;
}

export function StartButton({ activity, read, attemptsLeft, person, again }: Omit<Props, "running" | "read"> & { read?: Read<Activity>; again?: boolean }) {
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  const [lost, setLost] = useState(false);
  const notes = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (note) notes.current?.scrollIntoView({ block: "center" }); // the button stays in sight above long rules; its answer must too
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
      <p>{t("contest.clock")}</p>
      {attemptsLeft !== null && <p class="hint">{t("contest.attempts", { n: attemptsLeft })}</p>}
      <div ref={notes}>{note && <Banner tone="warn" alert testid="offline-note">{note}</Banner>}</div>
      <Button class={again ? "wide" : "wide stay"} data-testid="start-contest" busy={busy} onClick={() => void press()}>
        {busy ? t("contest.starting") : t(lost ? "contest.start.again" : again ? "contest.again" : "contest.start")}
      </Button>
    </>
  );
}
