import { useState } from "preact/hooks";
import type { Review } from "../../api/types";
import { t } from "../../text";

export function Reviews({ review }: { review: Review[] }) {
  const wrong = review.filter((item) => !item.right);
  const [all, setAll] = useState(!wrong.length);
  return (
    <section class="card" aria-labelledby="review">
      <h2 id="review">{t("contest.review")}</h2>
      {wrong.length > 0 && wrong.length < review.length && (
        <div role="group" aria-labelledby="review" class="segment">
          <button type="button" aria-pressed={!all} data-testid="review-wrong" onClick={() => setAll(false)}>{t("contest.review.wrong", { n: wrong.length })}</button>
          <button type="button" aria-pressed={all} data-testid="review-all" onClick={() => setAll(true)}>{t("contest.review.all", { n: review.length })}</button>
        </div>
      )}
      <ol class="review" data-testid="review">
        {(all || wrong.length === review.length ? review : wrong).map((item) => (
          <li key={item.text}>
            <p><strong>{item.text}</strong></p>
            <p class={item.right ? "right" : "wrong"}><b>{t(item.right ? "contest.review.yes" : "contest.review.no")}</b> {item.your === null ? t("contest.review.none") : t("contest.review.your", { answer: item.your })}</p>
            {!item.right && <p>{t("contest.review.key", { answer: item.key })}</p>}
            {item.explanation && <p>{item.explanation}</p>}
            {item.source && <p class="hint source">{t("contest.review.source", { source: item.source })}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}
