import { useEffect } from "preact/hooks";
import type { Activity, Attempt, ContestResult, Review } from "../../api/types";
import type { OutboxRow } from "../../store/outbox";
import { net } from "../../sync";
import { clockTime, duration, maybe, spell, t } from "../../text";
import { BackLink, Banner, Title } from "../../ui/parts";
import { useOutbox } from "../../ui/status";
import { useLive } from "../../ui/use";
import { StartButton } from "./intro";
import type { Paper } from "./paper";

interface Props {
  paper: Paper;
  person: string;
  activity: Activity;
  attemptsLeft: number | null;
  reload: () => Promise<void>;
}

export function Result({ paper, person, activity, attemptsLeft, reload }: Props) {
  const row = useOutbox().find((one) => one.id === paper.submission);
  const answered = row?.state === "receipt" ? (row.result?.attempt as Attempt | undefined) : undefined;
  const result = paper.attempt.result ?? answered?.result ?? null;
  useEffect(() => {
    if (!row?.receipt) return;
    void reload();
    const later = setTimeout(() => void reload(), 3_000); // the rank is counted a moment after the receipt
    return () => clearTimeout(later);
  }, [row?.receipt]);
  const more = activity.state === "open" && !activity.needs.length && (attemptsLeft ?? 0) > 0 && row?.state !== "frozen" && row?.state !== "sent";
  return (
    <>
      <BackLink to="/home" />
      <p class="over">{activity.campaign.title}</p>
      <Title>{activity.title}</Title>
      {paper.ended === "time" && <p>{t("contest.ended")}</p>}
      <Status row={row} result={result} attempt={paper.attempt} />
      {result && <Score result={result} />}
      {result?.review && <Reviews review={result.review} />}
      {more && <StartButton activity={activity} attemptsLeft={attemptsLeft} person={person} again />}
    </>
  );
}

// Green appears here and only here: when the node's receipt is in hand and the paper counts.
function Status({ row, result, attempt }: { row: OutboxRow | undefined; result: ContestResult | null; attempt: Attempt }) {
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
  const refused = row?.state === "aside" || row?.outcome === "refused" || result?.counted === false;
  const at = clockTime(row?.received_at ?? result?.submitted_at ?? attempt.due_at);
  if (refused) return <Refused row={row} result={result} />;
  if (!row && !result) return <Banner testid="submit-status">{t("card.mine.expired")}</Banner>;
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

function Receipt({ row }: { row: OutboxRow | undefined }) {
  if (!row?.receipt) return null;
  return <p>{t("contest.receipt")}: <b class="code" data-testid="receipt">{row.receipt}</b><br /><small>{t("contest.receipt.text")}</small></p>;
}

function Score({ result }: { result: ContestResult }) {
  return (
    <section class="card" aria-labelledby="score">
      <h2 id="score">{t("contest.result")}</h2>
      {result.right === null ? <p>{t("contest.result.later")}</p> : <p class="big" data-testid="result-right">{t("contest.result.right", { right: result.right, of: result.of })}</p>}
      {result.passed !== null && result.right !== null && <p>{t(result.passed ? "contest.result.passed" : "contest.result.not-passed")}</p>}
      <p>{t("contest.result.elapsed", { time: duration(result.elapsed_ms) })}</p>
      {result.rank && <p>{t("contest.result.place", { place: result.rank.place, people: result.rank.of_people })}</p>}
    </section>
  );
}

function Reviews({ review }: { review: Review[] }) {
  return (
    <section class="card" aria-labelledby="review">
      <h2 id="review">{t("contest.review")}</h2>
      <ol class="review">
        {review.map((item) => (
          <li key={item.text}>
            <p><strong>{item.text}</strong></p>
            <p>{item.your === null ? t("contest.review.none") : t("contest.review.your", { answer: item.your })}</p>
            <p>{t("contest.review.key", { answer: item.key })}</p>
            {item.explanation && <p class="hint">{item.explanation}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}
