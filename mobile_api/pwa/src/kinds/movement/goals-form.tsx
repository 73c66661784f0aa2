// What a firm sets itself, before the first review: a figure where one is asked for, else in its own words. Nothing is a must.
import { useState } from "preact/hooks";
import { go } from "../../route";
import { t } from "../../text";
import { BackLink, Banner, Button, Field, Loading, Title } from "../../ui/parts";
import { Resumed } from "../../ui/resumed";
import { amount, isNoNumber, type Criterion, type Firm, type PromisesBody } from "./state";
import { firmOf, useAct, useDraft, type Own } from "./use-movement";

type Written = Record<string, { target: string; words: string }>;

export function GoalsForm({ own, id }: { own: Own; id: string }) {
  const firm = firmOf(own, id);
  const criteria = (own.mine?.criteria ?? []).filter((one) => one.whom === "firm");
  if (!firm) return <><BackLink to={own.base} /><Banner tone="warn" testid="firm-unknown">{t("movement.firm.unknown")}</Banner></>;
  return <Form own={own} firm={firm} criteria={criteria} />;
}

const plain = (value: number | null | undefined): string => (value == null ? "" : String(value).replace(".", ","));
const writtenIn = (criteria: Criterion[], firm: Firm): Written => Object.fromEntries(criteria.map(({ code, target }) => [code, { target: plain(firm.goals[code]?.target ?? target), words: firm.goals[code]?.words ?? "" }]));

function Form({ own, firm, criteria }: { own: Own; firm: Firm; criteria: Criterion[] }) {
  const { activity, base } = own;
  const back = `${base}/assess/${firm.id}`;
  const draft = useDraft<{ set: Written }>(`${activity.id}:goals:${firm.id}`, { set: writtenIn(criteria, firm) });
  const { busy, failed, act } = useAct(activity.id);
  const [empty, setEmpty] = useState(false);
  const now = draft.value.set;
  const put = (code: string, change: Partial<Written[string]>) => [draft.set({ set: { ...now, [code]: { target: "", words: "", ...now[code], ...change } } }), setEmpty(false)];
  const low = (one: Criterion): boolean => one.source !== "self" && one.least !== null && (amount(now[one.code]?.target ?? "") ?? one.least) < one.least;
  const wrong = (one: Criterion): boolean => one.source !== "self" && isNoNumber(now[one.code]?.target ?? "");
  async function save(): Promise<void> {
    const promises = criteria
      .map((one) => ({ criterion: one.code, target: one.source === "self" ? null : amount(now[one.code]?.target ?? ""), words: (now[one.code]?.words ?? "").trim().normalize("NFC") }))
      .filter((one) => one.target !== null || one.words || firm.goals[one.criterion]?.words);
    const body: PromisesBody = { enrolment: firm.id, promises };
    setEmpty(!promises.length);
    if (!promises.length || criteria.some(low) || criteria.some(wrong) || !(await act("promise", body))) return;
    await draft.drop();
    go(back, true);
  }
  if (!draft.ready) return <Loading />;
  return (
    <>
      <BackLink to={back} />
      <p class="over">{firm.name}</p>
      <Title>{t("movement.goals")}</Title>
      <p>{t("movement.goals.text")}</p>
      {firm.frozen && <Banner>{t("movement.goals.frozen")}</Banner>}
      <Resumed draft={draft} found="movement.resumed" drop="movement.resumed.drop" />
      {criteria.map((one) => (
        <fieldset key={one.code} class="card ask" data-testid="goal">
          <legend>{one.title}</legend>
          {one.source !== "self" && <Field label={one.counted ? t("movement.goals.target.of", { counted: one.counted }) : t("movement.goals.target")} autocomplete="off" maxLength={12} value={now[one.code]?.target ?? ""} onValue={(target) => put(one.code, { target })} error={wrong(one) ? t("movement.number.wrong") : low(one) ? t("movement.goals.low", { least: plain(one.least) }) : null} data-testid={`target-${one.code}`} />}
          <Field label={t("movement.goals.words")} autocomplete="off" maxLength={300} value={now[one.code]?.words ?? ""} onValue={(words) => put(one.code, { words })} data-testid={`goal-${one.code}`} />
        </fieldset>
      ))}
      {empty && <p class="error" role="alert">{t("movement.goals.empty")}</p>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      {!firm.frozen && <div class="save-bar"><Button class="wide" busy={busy} data-testid="save-goals" onClick={() => void save()}>{t("movement.goals.save")}</Button></div>}
    </>
  );
}
