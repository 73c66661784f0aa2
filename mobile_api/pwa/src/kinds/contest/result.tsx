import { useEffect } from "preact/hooks";
import { readBoards, recallMine } from "../../api/calls";
import type { Activity, Attempt, Boards, ContestResult, EarlierAttempt } from "../../api/types";
import { serverNow } from "../../clock";
import type { OutboxRow } from "../../store/outbox";
import { net } from "../../sync";
import { count, day, maybe, moment, recordedAt, spell, t } from "../../text";
import { BackLink, Banner, Title } from "../../ui/parts";
import { useRead } from "../../ui/read";
import { Listen } from "../../ui/speech";
import { useOutbox } from "../../ui/status";
import { useLive } from "../../ui/use";
import { StartButton } from "./intro";
import type { Paper } from "./paper";
import { Reviews } from "./reviews";
import type { PaperState } from "./use-paper";

interface Props {
  paper: Paper;
  person: string;
  activity: Activity;
  state: PaperState;
}

export function Result({ paper, person, activity, state: { standing, reload } }: Props) {
  const row = useOutbox().find((one) => one.id === paper.submission);
  const answered = row?.state === "receipt" ? (row.result?.attempt as Attempt | undefined) : undefined;
  const result = paper.attempt.result ?? answered?.result ?? null;
  const left = standing?.attempts_left;
  useEffect(() => {
    if (!row?.receipt) return;
    void reload();
    const later = setTimeout(() => void reload(), 3_000); // what is counted a moment after the receipt
    return () => clearTimeout(later);
  }, [row?.receipt]);
  const more = activity.state === "open" && !activity.paused && !activity.needs.length && left !== undefined && left !== 0 && row?.state !== "frozen" && row?.state !== "sent";
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      {paper.ended === "time" && <p>{t("contest.ended")}</p>}
      <Status row={row} result={result} paper={paper} />
      {result && <Score result={result} activity={activity.id} standing={standing} />}
      {standing && standing.attempts.length > 1 && <Attempts all={standing.attempts} settled={standing.settled} />}
      <Onward activity={activity} standing={standing} />
      {more && <StartButton activity={activity} attemptsLeft={left} person={person} again />}
      {result?.review && <Reviews review={result.review} />}
    </>
  );
}

// Green appears here and only here: when the node's receipt is in hand and the paper counts.
function Status({ row, result, paper: { attempt, activity } }: { row: OutboxRow | undefined; result: ContestResult | null; paper: Paper }) {
  const away = useLive(net) !== "here";
  if (row && row.state !== "receipt" && row.state !== "aside") {
    return (
      <Banner tone="warn" testid="submit-status">
        <strong>{t(away ? "contest.sent.waiting" : "contest.sent.sending")}</strong>
        <p>{t("contest.sent.waiting.text")}</p>
        <p>{t("contest.grace", { grace: spell(attempt.grace_s) })}</p>
      </Banner>
    );
  }
  if (result?.removal || attempt.state === "removed") return <Removed removal={result?.removal} row={row} activity={activity} />;
  const at = recordedAt(row?.received_at ?? result?.submitted_at ?? attempt.due_at, serverNow());
  const refused = row?.state === "aside" || row?.outcome === "refused" || result?.counted === false;
  if (refused) return <Refused row={row} result={result} />;
  if (!row && !result) return <Banner testid="submit-status">{t("contest.expired")}</Banner>;
  if (row?.outcome === "waiting") return <Banner tone="warn" testid="submit-status"><strong>{t("contest.sent.checking", { time: at })}</strong><Receipt row={row} /></Banner>;
  return (
    <Banner tone={row?.receipt || !row ? "good" : "info"} testid="submit-status">
      <strong>{t("contest.sent.ok", { time: at })}</strong>
      <Receipt row={row} />
    </Banner>
  );
}

function Refused({ row, result }: { row: OutboxRow | undefined; result: ContestResult | null }) {
  const code = result?.reason ?? row?.reason;
  const reason = row?.message ?? (code ? maybe(`reason.${code}`) ?? code : t("reason.unknown"));
  return (
    <Banner tone="bad" testid="submit-status">
      <strong>{t("contest.sent.refused")}</strong>
      <p>{t("contest.sent.reason", { reason })}</p>
      <Receipt row={row} />
    </Banner>
  );
}

// Said kindly, with the reason and the way to be heard: it may be a mistake.
function Removed({ removal, row, activity }: { removal: ContestResult["removal"] | undefined; row: OutboxRow | undefined; activity: string }) {
  return (
    <Banner tone="warn" testid="submit-status">
      <strong>{t("contest.removed")}</strong>
      {removal && <p>{t("contest.removed.reason", { reason: sentence(removal.reason), date: day(removal.at) })}</p>}
      <p>{t("contest.removed.complain")} {row?.receipt && `${t("contest.removed.receipt")} `}<a href={`#/activity/${activity}/rules`}>{t("contest.removed.rules")}</a></p>
      <Receipt row={row} />
    </Banner>
  );
}

// What an organiser adds to the reason often ends without a full stop.
const sentence = (text: string): string => text.trim().replace(/([^.!?…])$/, "$1.");

function Receipt({ row }: { row: OutboxRow | undefined }) {
  if (!row?.receipt) return null;
  return <p>{t("contest.receipt")}: <b class="code" data-testid="receipt">{row.receipt}</b><br /><small>{t("contest.receipt.text")}</small></p>;
}

function Score({ result, activity, standing }: { result: ContestResult; activity: string; standing: PaperState["standing"] }) {
  const settled = Boolean(standing?.settled);
  const counts = standing?.attempts.find((one) => one.recognised)?.number;
  const right = result.right === null ? null : t("contest.result.right", { right: result.right, of: result.of });
  const rank = result.rank && t("contest.result.place", { place: count(result.rank.place), people: count(result.rank.of_people) });
  const lines = [
    result.passed !== null && result.counted && right && t(result.passed ? "contest.result.passed" : "contest.result.not-passed"),
    t("contest.result.elapsed", { time: spell(Math.ceil(result.elapsed_ms / 1_000)) }),
    result.all_correct !== null && t("contest.result.all-correct", { n: count(result.all_correct) }),
    guessLine(result),
  ].filter(Boolean) as string[];
  return (
    <section class="card score" aria-labelledby="score">
      <h2 id="score">{t("contest.result")}</h2>
      {right ? <p class="big" data-testid="result-right">{right}</p> : <p>{t("contest.result.later")}</p>}
      {rank ? <p class="big rank" data-testid="result-rank">{rank}</p> : settled && <PlaceOnBoard activity={activity} />}
      <ul class="plain">{lines.map((line) => <li key={line}>{line}</li>)}</ul>
      {!settled && result.counted && <p class="hint" data-testid="rank-later">{t("contest.result.rank-later")}</p>}
      {settled && counts !== undefined && !result.recognised && <p class="hint">{t("contest.result.not-this", { n: counts })}</p>}
      <Listen parts={() => [right ?? t("contest.result.later"), rank ?? "", ...lines]} />
    </section>
  );
}

// Where another attempt is the one that counts, this paper has no place; the person has.
function PlaceOnBoard({ activity }: { activity: string }) {
  const mine = useRead(() => readBoards(activity), () => recallMine<Boards>(`boards:${activity}`), activity).value?.persons?.mine;
  return mine ? <p class="big rank" data-testid="result-rank">{t("contest.result.place", { place: count(mine.place), people: count(mine.of_people) })}</p> : null;
}

function guessLine({ prediction, gap }: ContestResult): string | null {
  if (prediction === null) return null;
  const n = count(prediction);
  return gap === null ? t("contest.result.guess", { n }) : gap === 0 ? t("contest.result.guess.exact", { n }) : t("contest.result.guess.gap", { n, gap: count(gap) });
}

function Attempts({ all, settled }: { all: EarlierAttempt[]; settled: boolean }) {
  return (
    <section class="card" aria-labelledby="attempts">
      <h2 id="attempts">{t("contest.attempts.title")}</h2>
      <ul class="lines" data-testid="attempts">
        {all.map((one) => (
          <li key={one.number} class="attempt">
            <p><strong>{t("contest.attempts.nth", { n: one.number })}</strong>{one.recognised && <span class="tag counted">{t(settled ? "contest.attempts.counts" : "contest.attempts.counts-now")}</span>}</p>
            <p class="hint">{[maybe(`card.mine.${one.state}`), one.right !== null && t("contest.attempts.right", { n: one.right }), one.submitted_at && moment(one.submitted_at)].filter(Boolean).join(" · ")}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

// The paper that counts decides, as on the node: a newer one that was late or failed takes nothing away.
const earned = (activity: Activity, all: EarlierAttempt[]): boolean =>
  all.some((one) => one.recognised && one.state === "submitted" && one.right !== null && one.right >= Number(activity.settings.pass_right));

function Onward({ activity, standing }: { activity: Activity; standing: PaperState["standing"] }) {
  const settled = Boolean(standing?.settled);
  return (
    <nav class="rows card" aria-label={t("contest.more")}>
      <a href={`#/activity/${activity.id}/boards`} data-testid="open-boards"><strong>{t("boards.title")}</strong><small>{t(settled ? "boards.link.settled" : "boards.link")}</small></a>
      {settled && earned(activity, standing!.attempts) && <a href={`#/certificate/${activity.id}`} data-testid="certificate-card"><strong>{t("certificate.title")}</strong><small>{t("certificate.link")}</small></a>}
      {activity.published && <a href={activity.published.url} data-testid="open-published"><strong>{t("results.published")}</strong><small>{t("results.published.on", { date: day(activity.published.at) })}</small></a>}
      <a href={`#/activity/${activity.id}/rules`} data-testid="open-rules"><strong>{t("contest.rules")}</strong><small>{t("contest.rules.count", { n: activity.rules.length })}</small></a>
    </nav>
  );
}
