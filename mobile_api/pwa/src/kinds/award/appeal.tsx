// Asking to have an award, or a list of awards, looked at again. It is a deed: written without signal, it goes when there is one.
import { useState } from "preact/hooks";
import type { OwnAward } from "../../api/types";
import { uuid7 } from "../../lib/ids";
import type { OutboxRow } from "../../store/outbox";
import { day, maybe, t } from "../../text";
import { useAct } from "../../ui/act";
import { Area } from "../../ui/area";
import { useDraft } from "../../ui/draft";
import { Banner, Button } from "../../ui/parts";
import { useOutbox } from "../../ui/status";

const LEAST = 10;
const MOST = 1000;

const aboutOf = (row: OutboxRow): string | null => (JSON.parse(row.frozen) as { body: { entry?: string | null } }).body.entry ?? null;

export type AppealView = NonNullable<OwnAward["appeal"]>;

// `entry`: the award it is about; null: about who is on the list at all.
export function Appeal({ activity, entry, told }: { activity: string; entry: string | null; told: AppealView | null }) {
  const rows = useOutbox().filter((row) => row.action === "award.appeal" && row.activity === activity && aboutOf(row) === entry);
  const last = rows.at(-1);
  if (told) return <Told appeal={told} />;
  if (last && last.outcome !== "refused" && last.state !== "aside") return <p class="hint" data-testid="appeal-waits">{t("award.appeal.waits")}</p>;
  const reason = last && (last.message ?? (last.reason ? maybe(`reason.${last.reason}`) : undefined) ?? t("reason.unknown"));
  return (
    <>
      {reason && <Banner tone="warn" testid="appeal-refused">{t("award.appeal.refused", { reason })}</Banner>}
      <Form activity={activity} entry={entry} />
    </>
  );
}

function Told({ appeal }: { appeal: AppealView }) {
  return (
    <div data-testid="appeal-told">
      <p class="told">{appeal.words}</p>
      <p class="hint">{appeal.state === "open" ? t("award.appeal.open", { day: day(appeal.at) }) : t(appeal.state === "upheld" ? "award.appeal.upheld" : "award.appeal.refused.state")}</p>
      {appeal.answer && <p>{t("award.appeal.answer", { answer: appeal.answer })}</p>}
    </div>
  );
}

function Form({ activity, entry }: { activity: string; entry: string | null }) {
  const { busy, failed, act } = useAct("award", activity);
  const draft = useDraft(`appeal:${activity}:${entry ?? ""}`, { words: "" });
  const [pressed, setPressed] = useState(false);
  const words = draft.value.words.trim().normalize("NFC");
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setPressed(true);
    if (words.length < LEAST) return;
    if (await act("appeal", { appeal: uuid7(), words, ...(entry ? { entry } : {}) })) await draft.drop();
  }
  return (
    <form onSubmit={(event) => void send(event)} noValidate>
      <p class="hint">{t(entry ? "award.appeal.text" : "award.appeal.list.text")}</p>
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <Area label={t("award.appeal.words")} value={draft.value.words} onValue={(typed) => draft.set({ words: typed })} most={MOST} left="award.appeal.left" testid="appeal-words" error={pressed && words.length < LEAST ? t("award.appeal.short") : null} />
      <Button type="submit" look="plain" busy={busy} data-testid="appeal-send">{t("award.appeal.send")}</Button>
    </form>
  );
}
