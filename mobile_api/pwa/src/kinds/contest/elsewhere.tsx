// The paper is open somewhere else: on another phone of the same person, or in another tab of this one.
import { useState } from "preact/hooks";
import type { Activity } from "../../api/types";
import { clockTime, t } from "../../text";
import { BackLink, Banner, Button, Title } from "../../ui/parts";
import { problemText } from "../../ui/problems";
import { start, Unreached } from "./deeds";
import { onlyHere, type Paper } from "./paper";

interface Props {
  paper: Paper;
  activity: Activity;
  person: string;
  reload: () => Promise<void>;
}

export function OtherPhone({ paper, activity, person, reload }: Props) {
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  const kept = onlyHere(paper);
  async function take(): Promise<void> {
    setBusy(true);
    setNote(null);
    try {
      const result = await start(person, activity, true);
      if (result.outcome === "refused") setNote(result.message ?? t("problem.unknown"));
      await reload(); // refused, too: it may have been handed in over there
    } catch (error) {
      setNote(error instanceof Unreached ? t("contest.other-phone.signal") : problemText(error));
    }
    setBusy(false);
  }
  return (
    <div data-testid="other-phone-paper">
      <BackLink to={`/activity/${activity.id}`} />
      <p class="over">{activity.title}</p>
      <Title>{t("contest.other-phone")}</Title>
      <p>{paper.attempt.held_since ? t("contest.other-phone.since", { time: clockTime(paper.attempt.held_since) }) : t("contest.other-phone.text")}</p>
      <p>{t("contest.other-phone.clock")}</p>
      {kept > 0 && <Banner>{t("contest.other-phone.kept", { n: kept })}</Banner>}
      {note && <Banner tone="warn" alert testid="offline-note">{note}</Banner>}
      <Button class="wide" busy={busy} data-testid="take-over" onClick={() => void take()}>{t("contest.other-phone.take")}</Button>
      <a class="button plain wide" href="#/home" data-testid="leave-there">{t("contest.other-phone.leave")}</a>
    </div>
  );
}

export function OtherTab({ activity, onTake }: { activity: Activity; onTake: () => void }) {
  return (
    <div data-testid="other-tab-paper">
      <BackLink to={`/activity/${activity.id}`} />
      <p class="over">{activity.title}</p>
      <Title>{t("contest.other-tab")}</Title>
      <p>{t("contest.other-tab.text")}</p>
      <Button class="wide" data-testid="take-tab" onClick={onTake}>{t("contest.other-tab.take")}</Button>
    </div>
  );
}
