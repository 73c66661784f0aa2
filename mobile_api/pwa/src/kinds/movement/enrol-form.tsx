// A firm, household business or cooperative enters: its name, what it is, where it is. Half-written words are kept.
import { useState } from "preact/hooks";
import { uuid7 } from "../../lib/ids";
import { go } from "../../route";
import { maybe, t } from "../../text";
import { Select } from "../../ui/area";
import { BackLink, Banner, Button, Field, Loading, Title } from "../../ui/parts";
import { Resumed } from "../../ui/resumed";
import { SORTS, leftBefore, type EnrolBody, type Sort } from "./state";
import { useAct, useDraft, type Own } from "./use-movement";

export function EnrolForm({ own }: { own: Own }) {
  const { activity, base, mine } = own;
  const draft = useDraft<{ name: string; sort: Sort; hamlet: string }>(`${activity.id}:enrol`, { name: "", sort: "household_business", hamlet: "" });
  const { busy, failed, act } = useAct(activity.id);
  const [asked, setAsked] = useState(false);
  const { value: now, set } = draft;
  const hamlet = now.hamlet || (mine?.home ?? "");
  const known = mine?.hamlets.find((one) => one.id === hamlet);
  const short = now.name.trim().length < 2;
  async function save(): Promise<void> {
    setAsked(true);
    if (short || !known) return;
    const back = leftBefore(own.view.firms, now.name, known.name);
    const body: EnrolBody = { enrolment: back?.id ?? uuid7(), sort: now.sort, name: now.name.trim().normalize("NFC"), hamlet, promises: [] };
    if (!(await act("enrol", body))) return;
    await draft.drop();
    go(`${base}/assess/${body.enrolment}`, true);
  }
  if (!draft.ready) return <Loading />;
  return (
    <>
      <BackLink to={base} />
      <Title>{t("movement.enrol")}</Title>
      <p>{t("movement.enrol.text")}</p>
      <Resumed draft={draft} found="movement.resumed" drop="movement.resumed.drop" />
      <Field label={t("movement.name")} hint={t("movement.name.hint")} autocomplete="off" maxLength={160} value={now.name} onValue={(name) => set({ name })} error={asked && short ? t("movement.name.lack") : null} data-testid="firm-name" />
      <fieldset class="field">
        <legend>{t("movement.sort")}</legend>
        <div class="picks">{SORTS.map((sort) => <button key={sort} type="button" aria-pressed={now.sort === sort} data-testid={`sort-${sort}`} onClick={() => set({ sort })}>{maybe(`movement.sort.${sort}`)}</button>)}</div>
      </fieldset>
      <Select label={t("movement.hamlet")} value={known ? hamlet : ""} options={[["", t("movement.hamlet.choose")], ...(mine?.hamlets ?? []).map((one) => [one.id as string, one.name] as const)]} onValue={(chosen) => set({ hamlet: chosen })} testid="firm-hamlet" />
      {mine?.hamlets_cut && <p class="hint" data-testid="hamlets-cut">{t("movement.hamlet.cut")}</p>}
      {asked && !known && <p class="error" role="alert">{t("movement.hamlet.lack")}</p>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <div class="save-bar"><Button class="wide" busy={busy} data-testid="save-enrol" onClick={() => void save()}>{t("movement.enrol.do")}</Button></div>
      <p class="hint">{t("movement.enrol.save")}</p>
    </>
  );
}
