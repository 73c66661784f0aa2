// What shows that a deed is under way or done: words, photos, or a deed of the app that was counted.
import { useEffect, useState } from "preact/hooks";
import { recallMine } from "../../api/calls";
import type { Activity } from "../../api/types";
import { uuid7 } from "../../lib/ids";
import type { OutboxRow } from "../../store/outbox";
import { moment, t } from "../../text";
import { BackLink, Banner, Button, Field, Loading, Title } from "../../ui/parts";
import { Pick } from "../../ui/pick";
import { Area, Resumed, named } from "./pieces";
import { Select } from "../../ui/area";
import { Photos } from "./photos";
import { isRefused, maySupport, type Evidence, type EvidenceBody } from "./state";
import { leave } from "../../ui/act";
import { useAct, useDraft, type OwnPledge } from "./use-pledge";

const WORDS = 1000;
const OWN_PROGRESS = ["doing", "done"] as const;

export function EvidenceForm({ own, item, fixes }: { own: OwnPledge; item?: string; fixes?: string }) {
  const before = own.view.evidence.find((one) => one.id === fixes);
  const deed = own.view.items.find((one) => one.id === (before?.item ?? item));
  if (!deed || (fixes && !before)) return <><BackLink to={own.base} /><Banner tone="warn" testid="deed-gone">{t("pledge.deed.gone")}</Banner></>;
  if (!maySupport(own.view.state)) return <><BackLink to={own.base} /><Banner tone="warn">{t("pledge.decided")}</Banner></>;
  return <Form own={own} item={deed.id} what={deed.what} before={before} />;
}

function Form({ own, item, what, before }: { own: OwnPledge; item: string; what: string; before: Evidence | undefined }) {
  const back = `${own.base}/deed/${item}`;
  const draft = useDraft<EvidenceBody>(`${own.activity.id}:evidence:${before?.id ?? item}`, {
    evidence: before?.id ?? "", item, progress: before?.progress ?? "doing", words: before?.words ?? "", photos: Object.keys(before?.photos ?? {}), receipt: before?.receipt ?? null, gone: false,
  });
  const { busy, failed, act } = useAct(own.activity.id);
  const [empty, setEmpty] = useState(false);
  const { value: now, set } = draft;
  const write = (change: Partial<EvidenceBody>) => [set(change), setEmpty(false)];
  async function save(gone = false): Promise<void> {
    const nothing = !now.words?.trim() && !now.photos.length && !now.receipt;
    setEmpty(nothing && !gone);
    if (nothing && !gone) return;
    const told: EvidenceBody = { ...now, evidence: before?.id ?? uuid7(), words: now.words?.trim().normalize("NFC") || null, receipt: now.receipt?.trim().toUpperCase() || null, gone };
    if (!(await act("evidence", told))) return;
    await draft.drop();
    leave(back);
  }
  if (!draft.ready) return <Loading />;
  return (
    <>
      <BackLink to={back} />
      <p class="over">{what}</p>
      <Title>{t(before ? "pledge.evidence.fix" : "pledge.evidence.add")}</Title>
      <Resumed draft={draft} />
      <Pick label={t("pledge.progress")} options={OWN_PROGRESS.map((one) => [one, t(`pledge.progress.${one}`)] as const)} value={now.progress} onValue={(progress) => write({ progress })} testid="progress" />
      <Area label={t("pledge.evidence.words")} hint={t("pledge.evidence.words.hint")} value={now.words ?? ""} onValue={(words) => write({ words })} most={WORDS} rows={4} testid="evidence-words" />
      <Photos digests={now.photos} papers={before?.papers ?? []} onDigests={(photos) => write({ photos })} />
      <Receipt rows={own.rows} value={now.receipt} onValue={(receipt) => write({ receipt })} />
      {empty && <p class="error" role="alert">{t("pledge.evidence.empty")}</p>}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <div class="save-bar"><Button class="wide" busy={busy} data-testid="save-evidence" onClick={() => void save()}>{t("pledge.evidence.save")}</Button></div>
      {before && <Button look="quiet" data-testid="remove-evidence" onClick={() => void save(true)}>{t("pledge.evidence.remove")}</Button>}
    </>
  );
}

const OFFERED = 30;

// The own deeds the node has counted. One done on another phone is named by its code.
function Receipt({ rows, value, onValue }: { rows: OutboxRow[]; value: string | null; onValue: (receipt: string | null) => void }) {
  const counted = rows.filter((row) => row.receipt && row.outcome === "counted" && !isRefused(row) && !row.action.startsWith("pledge.")).reverse().slice(0, OFFERED);
  const titles = useTitles(counted);
  const options = counted.map((row) => [row.receipt!, [named(`action.${row.action}`), titles[row.activity], moment(row.wall_ms)].filter(Boolean).join(" · ")] as const);
  const typed = value !== null && !options.some(([receipt]) => receipt === value);
  return (
    <details class="card more" open={value !== null} data-testid="receipt-part">
      <summary>{t("pledge.receipt")}</summary>
      <p class="hint">{t("pledge.receipt.text")}</p>
      {options.length > 0 && <Select label={t("pledge.receipt.own")} value={typed ? "" : value ?? ""} options={[["", t("pledge.receipt.none")], ...options]} onValue={(receipt) => onValue(receipt || null)} testid="pick-receipt" />}
      <Field label={t("pledge.receipt.code")} hint={t("pledge.receipt.code.hint")} autocomplete="off" autocapitalize="characters" maxLength={20} value={typed ? value : ""} onValue={(receipt) => onValue(receipt.toUpperCase() || null)} data-testid="type-receipt" />
    </details>
  );
}

function useTitles(rows: OutboxRow[]): Record<string, string> {
  const [titles, setTitles] = useState<Record<string, string>>({});
  const activities = [...new Set(rows.map((row) => row.activity))];
  useEffect(() => {
    let alive = true;
    void Promise.all(activities.map(async (id) => [id, (await recallMine<Activity>(`activity:${id}`))?.title ?? ""] as const)).then((found) => alive && setTitles(Object.fromEntries(found)), () => undefined);
    return () => void (alive = false);
  }, [activities.join()]);
  return titles;
}
