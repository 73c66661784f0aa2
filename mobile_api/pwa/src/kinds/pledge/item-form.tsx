// One deed: from a suggestion with its numbers to change, in own words, or one to be changed. A half-written one may be kept.
import { useId, useState } from "preact/hooks";
import type { PledgeSuggestion } from "../../api/types";
import { uuid7 } from "../../lib/ids";
import { go } from "../../route";
import { t } from "../../text";
import { BackLink, Banner, Button, Loading, Sheet, Title } from "../../ui/parts";
import { Pick } from "../../ui/pick";
import type { Read } from "../../ui/read";
import { Area, Resumed, dayKey, today } from "./pieces";
import { DIGITAL, THEMES, dueDay, mayWrite, withAmount, type ItemBody, type Theme } from "./state";
import { useAct, useDraft, type OwnPledge } from "./use-pledge";

const WHAT = 300;
const MEASURE = 200;

interface Props {
  own: OwnPledge;
  wanted: string; // the code of a suggestion, or 'own'
  menu: Read<PledgeSuggestion[]>;
  suggestion?: PledgeSuggestion | undefined;
  id?: string;
}

export function ItemForm({ own, wanted, menu, suggestion, id }: Props) {
  const held = own.view.items.find((item) => item.id === id);
  if (id && !held) return <><BackLink to={own.base} /><Banner tone="warn" testid="deed-gone">{t("pledge.deed.gone")}</Banner></>;
  if (!mayWrite(own.view.state)) return <><BackLink to={own.base} /><Banner tone="warn">{t("pledge.decided")}</Banner></>;
  if (!id && wanted !== "own" && !suggestion && menu.loading) return <Loading />;
  const year = Number(dayKey(own.activity.opens_at).slice(0, 4));
  const made = { id: held?.id ?? "", theme: DIGITAL, what: "", measure: "", due: null, menu: null, gone: false };
  const from: ItemBody = held
    ? { id: held.id, theme: held.theme, what: held.what, measure: held.measure, due: held.due, menu: held.menu, gone: false }
    : suggestion ? { ...made, theme: suggestion.theme as Theme, what: suggestion.what, measure: suggestion.measure.slice(0, MEASURE), due: dueDay(suggestion.due, year, today()), menu: suggestion.code } : made;
  return <Form own={own} from={from} suggestion={suggestion} isNew={!held} name={`${own.activity.id}:item:${id ?? wanted}`} />;
}

type Writing = ItemBody & { amount: number | null };

function Form({ own, from, suggestion, isNew, name }: { own: OwnPledge; from: ItemBody; suggestion: PledgeSuggestion | undefined; isNew: boolean; name: string }) {
  const amount = suggestion?.amount ?? null;
  const draft = useDraft<Writing>(name, { ...from, amount });
  const { busy, failed, act } = useAct(own.activity.id);
  const [empty, setEmpty] = useState(false);
  const [asks, setAsks] = useState(false);
  const dueId = useId();
  const { value: now, set } = draft;
  const back = isNew ? (suggestion ? `${own.base}/menu` : own.base) : `${own.base}/deed/${from.id}`;
  async function save(gone = false): Promise<void> {
    setEmpty(!now.what.trim());
    if (!now.what.trim() && !gone) return;
    const { amount: _, ...body } = now;
    const told: ItemBody = { ...body, id: from.id || uuid7(), what: now.what.trim().normalize("NFC") || from.what, measure: now.measure.trim().normalize("NFC"), gone };
    if (!(await act("items", { items: [told] }))) return;
    await draft.drop();
    go(own.base, true);
  }
  if (!draft.ready) return <Loading />;
  const change = (to: number) => set({ amount: to, what: withAmount(now.what, now.amount ?? 0, to), measure: withAmount(now.measure, now.amount ?? 0, to) });
  const closes = dayKey(own.activity.closes_at);
  return (
    <>
      <BackLink to={back} />
      <Title>{t(isNew ? "pledge.item.new" : "pledge.item.change")}</Title>
      <Resumed draft={draft} />
      <Pick label={t("pledge.item.theme")} options={THEMES.map((one) => [one, t(`pledge.theme.${one}`)] as const)} value={now.theme} onValue={(theme) => set({ theme })} testid="theme" />
      <Area label={t("pledge.item.what")} hint={t("pledge.item.what.hint")} value={now.what} onValue={(what) => [set({ what }), setEmpty(false)]} most={WHAT} rows={4} testid="what" error={empty ? t("pledge.item.what.missing") : null} />
      {now.amount !== null && amount !== null && amount > 0 && `${now.what} ${now.measure}`.includes(String(now.amount)) && <Amount value={now.amount} unit={suggestion?.unit ?? ""} onValue={change} />}
      <Area label={t("pledge.item.measure")} hint={now.measure.trim() ? null : t("pledge.item.measure.hint")} value={now.measure} onValue={(measure) => set({ measure })} most={MEASURE} testid="measure" />
      <div class="field">
        <label for={dueId}>{t("pledge.item.due")}</label>
        {!now.due && <p class="hint">{t("pledge.item.due.hint")}</p>}
        <input id={dueId} type="date" value={now.due ?? ""} data-testid="due" onInput={(event) => set({ due: event.currentTarget.value || null })} />
        {now.due && now.due > closes && <p class="hint">{t("pledge.item.due.after")}</p>}
      </div>
      {suggestion && <p class="hint">{t("pledge.item.evidence", { what: suggestion.evidence })}</p>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <div class="save-bar"><Button class="wide" busy={busy} data-testid="save-item" onClick={() => void save()}>{t("pledge.item.save")}</Button></div>
      <p class="hint">{t("pledge.item.save.text")}</p>
      {!isNew && <Button look="quiet" data-testid="remove-item" onClick={() => setAsks(true)}>{t("pledge.item.remove")}</Button>}
      {asks && (
        <Sheet title={t("pledge.item.remove.ask")} onClose={() => setAsks(false)}>
          <p>{from.what}</p>
          <div class="actions">
            <Button look="plain" onClick={() => setAsks(false)}>{t("pledge.item.keep")}</Button>
            <Button busy={busy} data-testid="confirm-remove" onClick={() => void save(true)}>{t("pledge.item.remove")}</Button>
          </div>
        </Sheet>
      )}
    </>
  );
}

const MOST = 100_000;

// The number of a suggestion, which stands in its words too.
function Amount({ value, unit, onValue }: { value: number; unit: string; onValue: (value: number) => void }) {
  const id = useId();
  const set = (to: number) => to >= 1 && to <= MOST && to !== value && onValue(to);
  return (
    <div class="amount">
      <label for={id}>{t("pledge.item.amount", { unit })}</label>
      <button type="button" aria-label={t("pledge.item.less", { unit })} data-testid="amount-less" onClick={() => set(value - 1)}>−</button>
      <input id={id} inputMode="numeric" autocomplete="off" maxLength={6} value={String(value)} data-testid="amount" onFocus={(event) => event.currentTarget.select()} onInput={(event) => set(Number(event.currentTarget.value.replace(/\D/g, "")) || 0)} />
      <button type="button" aria-label={t("pledge.item.more", { unit })} data-testid="amount-more" onClick={() => set(value + 1)}>+</button>
    </div>
  );
}
