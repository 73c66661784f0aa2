// What a phone can do for deeds that cannot leave it: a sealed file for another phone to carry, and carrying such files oneself.
import { useEffect, useState } from "preact/hooks";
import { counts } from "../store/outbox";
import type { RelayRow } from "../store/field";
import { kick } from "../sync";
import { ExportRefused, LoadIncomplete, RelayRefused, exportOutbox, giveFile, loadTeam, prepareForField, relayFile, sendPhotos, space } from "../sync/field";
import { count, moment, t } from "../text";
import "../text/field-vi";
import { usePhotos, useRelays, useTeam } from "../ui/field";
import { BackLink, Banner, Button, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useOutbox } from "../ui/status";
import { useLive } from "../ui/use";

const MB = 1024 * 1024;

export function Insurance() {
  useEffect(() => void prepareForField().catch(() => undefined), []);
  return (
    <>
      <BackLink to="/receipts" />
      <Title>{t("field.title")}</Title>
      <p class="hint">{t("field.text")}</p>
      <Unsent />
      <Carried />
      <List />
      <Photos />
      <Room />
    </>
  );
}

// A deed of this screen: one at a time, and what came of it is said in words.
function useDeed(): [busy: boolean, note: string | null, run: (deed: () => Promise<string | null>) => void] {
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  const run = (deed: () => Promise<string | null>) => {
    setBusy(true);
    void deed().catch(wordsOf).then((said) => [setNote(said), setBusy(false)]);
  };
  return [busy, note, run];
}

function wordsOf(error: unknown): string {
  if (error instanceof ExportRefused) return t("field.export.nokey");
  if (error instanceof RelayRefused) return t(`field.relay.${error.code}`);
  if (error instanceof LoadIncomplete) return t("field.list.broken");
  return problemText(error);
}

function Unsent() {
  const { waiting } = counts(useOutbox());
  const [busy, note, run] = useDeed();
  async function exported(): Promise<string | null> {
    const made = await exportOutbox();
    if (!made) return t("field.unsent.none");
    const values = { n: count(made.deeds), name: made.file.name };
    return t((await giveFile(made.file)) === "shared" ? "field.export.shared" : "field.export.saved", values);
  }
  return (
    <section class="card" aria-labelledby="unsent">
      <h2 id="unsent">{t("field.unsent")}</h2>
      <p class="big" data-testid="unsent-count">{waiting ? t("field.unsent.n", { n: count(waiting) }) : t("field.unsent.none")}</p>
      {waiting > 0 && <p class="hint">{t("field.export.text")}</p>}
      {note && <Banner testid="export-note">{note}</Banner>}
      {waiting > 0 && <Button class="wide" busy={busy} data-testid="export-outbox" onClick={() => run(exported)}>{t("field.export")}</Button>}
    </section>
  );
}

function Carried() {
  const relays = useRelays();
  const [busy, note, run] = useDeed();
  async function taken(input: HTMLInputElement): Promise<string | null> {
    const [file] = input.files ?? [];
    if (!file) return null;
    input.value = ""; // the same file may be chosen again
    await relayFile(file);
    kick();
    return t("field.relay.kept");
  }
  return (
    <section class="card" aria-labelledby="carried">
      <h2 id="carried">{t("field.relay")}</h2>
      <p class="hint">{t("field.relay.text")}</p>
      {note && <Banner testid="relay-note">{note}</Banner>}
      <label class={`button plain wide ${busy ? "busy" : ""}`}>
        {t("field.relay.choose")}
        <input type="file" class="visually-hidden" data-testid="relay-file" onChange={(event) => { const input = event.currentTarget; run(() => taken(input)); }} />
      </label>
      {relays.length > 0 && <ul class="lines carried" data-testid="relays">{[...relays].sort((a, b) => b.added_ms - a.added_ms).map((row) => <Relay key={row.key} row={row} />)}</ul>}
    </section>
  );
}

function Relay({ row }: { row: RelayRow }) {
  const words = {
    waiting: () => t("field.relay.waiting"),
    sent: () => t(row.refused ? "field.relay.sent.refused" : "field.relay.sent", { taken: count(row.taken), refused: count(row.refused) }),
    refused: () => t("field.relay.refused"),
  }[row.state]();
  return (
    <li data-testid="relay" data-state={row.state}>
      <strong>{words}</strong>
      <p class="hint">{t("field.relay.at", { time: moment(row.added_ms) })}</p>
      {row.reason && <p class="why">{row.reason}</p>}
    </li>
  );
}

function List() {
  const team = useTeam();
  const [busy, note, run] = useDeed();
  if (!team) return null;
  return (
    <section class="card" aria-labelledby="list">
      <h2 id="list">{t("field.list")}</h2>
      <p>{t("field.list.at", { n: count(team.count), time: moment(team.at) })}</p>
      {team.stale && <p class="hint">{t("field.list.stale")}</p>}
      {note && <Banner>{note}</Banner>}
      <Button look="plain" class="wide" busy={busy} data-testid="load-again" onClick={() => run(async () => (await loadTeam()) === "none" ? null : t("field.list.loaded"))}>{t("field.list.again")}</Button>
    </section>
  );
}

function Photos() {
  const photos = usePhotos();
  const [busy, note, run] = useDeed();
  const waiting = photos.filter((photo) => photo.state === "waiting");
  const refused = photos.filter((photo) => photo.state === "refused").length;
  if (!photos.length) return null;
  const mb = Math.max(0.1, Math.round((waiting.reduce((sum, { size }) => sum + size, 0) / MB) * 10) / 10);
  return (
    <section class="card" aria-labelledby="photos">
      <h2 id="photos">{t("field.photos")}</h2>
      <p data-testid="photos-waiting" data-waiting={waiting.length}>{waiting.length ? t("field.photos.waiting", { n: count(waiting.length), mb: count(mb) }) : t("field.photos.none")}</p>
      {refused > 0 && <p class="hint">{t("field.photos.refused", { n: count(refused) })}</p>}
      {note && <Banner>{note}</Banner>}
      {waiting.length > 0 && <Button look="plain" class="wide" busy={busy} data-testid="send-photos" onClick={() => run(() => sendPhotos().then(() => null))}>{t("field.photos.send")}</Button>}
    </section>
  );
}

function Room() {
  const found = useLive(space);
  if (!found) return null;
  return (
    <section class="card" aria-labelledby="room">
      <h2 id="room">{t("field.space")}</h2>
      <p>{found.freeMb === null ? t("field.space.unknown") : t("field.space.free", { mb: count(found.freeMb) })}</p>
      {found.low && <Banner tone="warn">{t("field.space.low")}</Banner>}
      <p class="hint">{t(found.persisted ? "field.space.kept" : "field.space.notkept")}</p>
    </section>
  );
}
