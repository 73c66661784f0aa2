// Looking back: a note at mid-year, and at the end of the year how each deed turned out. No class is worked out here.
import { useState } from "preact/hooks";
import { day, t } from "../../text";
import { BackLink, Banner, Button, Loading, Sheet, Title } from "../../ui/parts";
import { Pick } from "../../ui/pick";
import { Area, DueTag, Resumed, ThemeTag, className, ratingName } from "./pieces";
import { OUTCOMES, mayReview, type Item, type Moment, type Outcome, type Review } from "./state";
import { leave } from "../../ui/act";
import { useAct, useDraft, type OwnPledge } from "./use-pledge";

const WORDS = 1000;
const NO_CLASS = "";

interface Writing {
  outcomes: Record<string, { outcome: Outcome | null; words: string }>;
  words: string;
  own_class: string;
}

export function ReviewForm({ own, moment }: { own: OwnPledge; moment: Moment }) {
  const before = own.view.reviews.find((one) => one.moment === moment);
  const writes = mayReview(own.view.state) && own.activity.state === "open" && !(moment === "midyear" && own.view.state === "self_assessed");
  return (
    <>
      <BackLink to={own.base} />
      <Title>{t(moment === "midyear" ? "pledge.midyear" : "pledge.yearend")}</Title>
      {(before?.cell_words || before?.checked_on) && <Checked review={before} />}
      {writes ? <Form own={own} moment={moment} before={before} /> : <Written own={own} review={before} />}
    </>
  );
}

function Checked({ review }: { review: Review }) {
  return (
    <Banner testid="checked">
      <strong>{review.checked_on ? t("pledge.checked", { day: day(review.checked_on) }) : t("pledge.checked.cell")}</strong>
      {review.cell_words && <p class="said">{review.cell_words}</p>}
    </Banner>
  );
}

// The deeds the cell confirmed; what is still being changed is not looked back at.
function confirmed({ mine, view }: OwnPledge): Deed[] {
  const version = mine?.pledge?.versions.find((one) => one.number === view.in_force);
  return ((version?.items as unknown as Item[] | undefined) ?? view.items).map(({ id, what, theme, due, measure }) => ({ id, what, theme, due, measure }));
}
type Deed = { id: string; what: string; theme: string; due: string | null; measure: string };

function Form({ own, moment, before }: { own: OwnPledge; moment: Moment; before: Review | undefined }) {
  const list = confirmed(own);
  const end = moment === "year_end";
  const draft = useDraft<Writing>(`${own.activity.id}:review:${moment}`, {
    outcomes: Object.fromEntries(list.map(({ id }) => [id, { outcome: before?.outcomes[id]?.outcome ?? null, words: before?.outcomes[id]?.words ?? "" }])),
    words: before?.words ?? "", own_class: before?.own_class ?? NO_CLASS,
  });
  const { busy, failed, act } = useAct(own.activity.id);
  const [missing, setMissing] = useState(false);
  const [asks, setAsks] = useState(false);
  const { value: now, set } = draft;
  const told = (id: string) => now.outcomes[id] ?? { outcome: null, words: "" };
  const write = (id: string, change: Partial<Writing["outcomes"][string]>) => [set({ outcomes: { ...now.outcomes, [id]: { ...told(id), ...change } } }), setMissing(false)];
  function press(): void {
    const lacking = end && list.some(({ id }) => !told(id).outcome);
    setMissing(lacking);
    if (lacking) return document.querySelector(".outcome.lacking")?.scrollIntoView({ block: "center" });
    if (end && own.view.state !== "self_assessed") setAsks(true);
    else void save();
  }
  async function save(): Promise<void> {
    const items = list.flatMap(({ id }) => {
      const { outcome, words } = told(id);
      return outcome ? [{ item: id, outcome, words: words.trim().normalize("NFC") || null }] : [];
    });
    if (!(await act("review", { moment, items, words: now.words.trim().normalize("NFC") || null, own_class: (end && now.own_class) || null }))) return;
    await draft.drop();
    leave(own.base);
  }
  if (!draft.ready) return <Loading />;
  return (
    <>
      <p>{t(end ? "pledge.yearend.how" : "pledge.midyear.how")}</p>
      <Resumed draft={draft} />
      {end && own.view.unsent && <Banner tone="warn">{t("pledge.yearend.unsent")}</Banner>}
      {list.map((item) => (
        <section key={item.id} class={`card outcome ${missing && !told(item.id).outcome ? "lacking" : ""}`} data-testid="outcome">
          <span class="deed-tags"><ThemeTag theme={item.theme} /><DueTag due={item.due} /></span>
          <h2>{item.what}</h2>
          <p class="hint">{item.measure}</p>
          <Pick label={t("pledge.outcome")} options={OUTCOMES.map((one) => [one, t(`pledge.outcome.${one}`)] as const)} value={told(item.id).outcome} onValue={(outcome) => write(item.id, { outcome })} testid="outcome" error={missing && !told(item.id).outcome ? t("pledge.outcome.missing") : null} />
          <Area label={t("pledge.outcome.words")} value={told(item.id).words} onValue={(words) => write(item.id, { words })} most={WORDS} rows={2} testid="outcome-words" />
        </section>
      ))}
      <Area label={t(end ? "pledge.yearend.words" : "pledge.midyear.words")} value={now.words} onValue={(words) => set({ words })} most={WORDS} rows={4} testid="review-words" />
      {end && own.mine && <OwnClass own={own} value={now.own_class} onValue={(own_class) => set({ own_class })} />}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <div class="save-bar"><Button class="wide" busy={busy} data-testid="save-review" onClick={press}>{t(end ? "pledge.yearend.save" : "pledge.midyear.save")}</Button></div>
      {asks && (
        <Sheet title={t("pledge.yearend.ask")} onClose={() => setAsks(false)}>
          <p>{t("pledge.yearend.ask.text")}</p>
          <div class="actions">
            <Button look="plain" onClick={() => setAsks(false)}>{t("pledge.yearend.later")}</Button>
            <Button busy={busy} data-testid="confirm-review" onClick={() => void save()}>{t("pledge.yearend.save")}</Button>
          </div>
        </Sheet>
      )}
    </>
  );
}

function OwnClass({ own, value, onValue }: { own: OwnPledge; value: string; onValue: (value: string) => void }) {
  const mine = own.mine!;
  const options = [...Object.keys(mine.classes).map((code) => [code, className(mine, code)] as const), [NO_CLASS, t("pledge.class.none")] as const];
  return (
    <section class="card">
      <Pick label={t("pledge.class.own")} hint={t("pledge.class.own.hint")} options={options} value={value} onValue={onValue} testid="class" />
      <p class="hint" data-testid="decided-by-people">{t("pledge.class.people", { rating: ratingName(mine) })}</p>
    </section>
  );
}

// Nothing to write (any more): what was written.
function Written({ own, review }: { own: OwnPledge; review: Review | undefined }) {
  if (!review) return <p class="empty">{t("pledge.review.none")}</p>;
  return (
    <section class="card" data-testid="written">
      {confirmed(own).filter(({ id }) => review.outcomes[id]).map(({ id, what }) => (
        <div key={id} class="class"><p><strong>{what}</strong></p><p>{t(`pledge.outcome.${review.outcomes[id]!.outcome}`)}{review.outcomes[id]!.words && `: ${review.outcomes[id]!.words}`}</p></div>
      ))}
      {review.words && <p class="said">{review.words}</p>}
      {review.own_class && own.mine && <p>{t("pledge.class.own")}: <strong>{className(own.mine, review.own_class)}</strong></p>}
    </section>
  );
}
