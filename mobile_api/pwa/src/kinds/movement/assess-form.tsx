// A firm looks at itself, one question under the other: yes, not yet, or left open. Left open is not "no".
import { useState } from "preact/hooks";
import { t } from "../../text";
import { go } from "../../route";
import { BackLink, Banner, Button, Field, Loading, Sheet, Title } from "../../ui/parts";
import { Resumed } from "../../ui/resumed";
import { amount, counted, isNoNumber, type AssessBody, type Criterion, type Firm, type MarkBody } from "./state";
import { Photos } from "./photos";
import { firmOf, useAct, useDraft, type Own } from "./use-movement";

type Written = Record<string, { met: boolean | null; value: string; words: string; photos: string[] }>;
const NOTHING = { met: null, value: "", words: "", photos: [] };

export function AssessForm({ own, id }: { own: Own; id: string }) {
  const firm = firmOf(own, id);
  const criteria = (own.mine?.criteria ?? []).filter((one) => one.whom === "firm");
  if (!firm) return <><BackLink to={own.base} /><Banner tone="warn" testid="firm-unknown">{t("movement.firm.unknown")}</Banner></>;
  return <Form own={own} firm={firm} criteria={criteria} />;
}

const writtenIn = (criteria: Criterion[], firm: Firm): Written =>
  Object.fromEntries(criteria.map(({ code }) => [code, { met: firm.marks[code]?.met ?? null, value: firm.marks[code]?.value == null ? "" : String(firm.marks[code].value).replace(".", ","), words: firm.marks[code]?.words ?? "", photos: firm.marks[code]?.photos ?? [] }]));

function Form({ own, firm, criteria }: { own: Own; firm: Firm; criteria: Criterion[] }) {
  const { activity, base } = own;
  const draft = useDraft<{ said: Written }>(`${activity.id}:assess:${firm.id}`, { said: writtenIn(criteria, firm) });
  const { busy, failed, act } = useAct(activity.id);
  const [leaving, setLeaving] = useState(false);
  const [empty, setEmpty] = useState(false);
  const said = draft.value.said;
  const closed = activity.state !== "open" || own.mine?.over;
  const set = (code: string, change: Partial<Written[string]>) => [draft.set({ said: { ...said, [code]: { ...NOTHING, ...said[code], ...change } } }), setEmpty(false)];
  const marks = (): MarkBody[] =>
    criteria
      .map(({ code }) => ({ criterion: code, met: said[code]?.met ?? null, value: amount(said[code]?.value ?? ""), words: (said[code]?.words ?? "").trim().normalize("NFC"), photos: said[code]?.photos ?? [] }))
      .filter((one) => one.met !== null || one.value !== null || one.words || one.photos.length);
  const wrong = (code: string): boolean => isNoNumber(said[code]?.value ?? "");
  async function save(): Promise<void> {
    const told = marks();
    setEmpty(!told.length);
    const body: AssessBody = { enrolment: firm.id, marks: told };
    if (!told.length || criteria.some(({ code }) => wrong(code)) || !(await act("assess", body))) return;
    await draft.drop();
    go(base, true);
  }
  async function withdraw(): Promise<void> {
    setLeaving(false);
    if (await act("withdraw", { enrolment: firm.id })) go(base, true);
  }
  if (!draft.ready) return <Loading />;
  const now = counted(criteria, Object.fromEntries(marks().map((one) => [one.criterion, one])));
  return (
    <>
      <BackLink to={base} />
      <p class="over">{firm.hamlet}</p>
      <Title>{firm.name}</Title>
      <p>{t("movement.assess.text")}</p>
      {!closed && <p class="hint">{t("movement.photo.text")}</p>}
      {closed && <Banner>{t("movement.over")}</Banner>}
      {!closed && !firm.frozen && <p><a class="button plain" href={`#${base}/goals/${firm.id}`} data-testid="goals">{t(Object.values(firm.goals).some((one) => one.words) ? "movement.goals.change" : "movement.goals")}</a></p>}
      <Resumed draft={draft} found="movement.resumed" drop="movement.resumed.drop" />
      {criteria.map((one, at) => (
        <fieldset key={one.code} class="card ask" data-testid="ask">
          <legend><span class="over">{t("movement.ask", { n: at + 1, of: criteria.length })}</span> {one.title}</legend>
          {one.how && <p class="hint">{one.how}</p>}
          {one.source === "self" && (
            <div class="picks">
              <button type="button" disabled={closed} aria-pressed={said[one.code]?.met === true} data-testid={`yes-${one.code}`} onClick={() => set(one.code, { met: said[one.code]?.met === true ? null : true })}>{t("movement.yes")}</button>
              <button type="button" disabled={closed} aria-pressed={said[one.code]?.met === false} data-testid={`no-${one.code}`} onClick={() => set(one.code, { met: said[one.code]?.met === false ? null : false })}>{t("movement.no")}</button>
            </div>
          )}
          {one.source !== "self" && <Field label={one.counted ? t("movement.value.of", { counted: one.counted }) : t("movement.value")} autocomplete="off" maxLength={12} value={said[one.code]?.value ?? ""} onValue={(value) => set(one.code, { value })} error={wrong(one.code) ? t("movement.number.wrong") : null} data-testid={`value-${one.code}`} />}
          {(one.source !== "self" || (said[one.code]?.met ?? null) !== null || said[one.code]?.words) && <Field label={t(one.source === "declared" ? "movement.paper" : "movement.words")} autocomplete="off" maxLength={300} value={said[one.code]?.words ?? ""} onValue={(words) => set(one.code, { words })} data-testid={`words-${one.code}`} />}
          {!closed && (one.source !== "self" || (said[one.code]?.met ?? null) !== null || (said[one.code]?.photos ?? []).length > 0) && <Photos digests={said[one.code]?.photos ?? []} sent={firm.marks[one.code]?.photos ?? []} onDigests={(photos) => set(one.code, { photos })} testid={`photo-${one.code}`} />}
        </fieldset>
      ))}
      <p role="status" data-testid="so-far">{t("movement.so-far", { met: now.met, said: now.said, of: now.of })}</p>
      {empty && <p class="error" role="alert">{t("movement.assess.empty")}</p>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      {!closed && <div class="save-bar"><Button class="wide" busy={busy} data-testid="save-assess" onClick={() => void save()}>{t("movement.assess.save")}</Button></div>}
      {!closed && <p class="hint">{t("movement.assess.save.text")}</p>}
      {!closed && <Button look="quiet" data-testid="withdraw" onClick={() => setLeaving(true)}>{t("movement.withdraw")}</Button>}
      {leaving && (
        <Sheet title={t("movement.withdraw.ask")} onClose={() => setLeaving(false)}>
          <p>{t("movement.withdraw.text")}</p>
          <div class="actions">
            <Button look="plain" onClick={() => setLeaving(false)}>{t("movement.withdraw.keep")}</Button>
            <Button busy={busy} data-testid="confirm-withdraw" onClick={() => void withdraw()}>{t("movement.withdraw")}</Button>
          </div>
        </Sheet>
      )}
    </>
  );
}
