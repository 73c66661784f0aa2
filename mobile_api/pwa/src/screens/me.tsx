import { useState } from "preact/hooks";
import { changeMe, endSession, readMe, readMyData, recallMine } from "../api/calls";
import { language } from "../api/http";
import type { LevelUnit, Me as MeData } from "../api/types";
import { largeType, setLanguage, setLargeType } from "../settings";
import { counts } from "../store/outbox";
import { changePerson, current, lock } from "../store/persons";
import { t } from "../text";
import { Banner, Button, Loading, Sheet, Stale, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useRead, type Read } from "../ui/read";
import { useOutbox } from "../ui/status";
import { UnitPicker, unitTitle } from "../ui/units";
import { useLive } from "../ui/use";
import { Consents } from "./me-consents";

export function Me() {
  const person = useLive(current)!;
  const me = useRead(readMe, () => recallMine<MeData>("me"), `${person.id}:${person.token}`);
  return (
    <>
      <Title>{t("me.title")}</Title>
      {!person.revoked && <Stale read={me} />}
      {me.value ? <Who me={me} /> : me.loading && <Loading />}
      <Display />
      <Held />
      {me.value && <Consents me={me.value} again={me.again} />}
      <Leaving />
    </>
  );
}

function Who({ me }: { me: Read<MeData> }) {
  const [moving, setMoving] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  const { name, birth_year, memberships } = me.value!;
  const home = memberships.find((one) => one.kind === "lives_in");
  const school = memberships.find((one) => one.kind === "studies_at");
  async function move(unit: LevelUnit | null): Promise<void> {
    if (!unit) return;
    setMoving(false);
    await changeMe({ unit_id: unit.id }).then(() => setNote(t("me.moved")), (failure) => setNote(problemText(failure)));
    await me.again();
  }
  return (
    <section class="card" aria-label={name}>
      <p class="big">{name}</p>
      {birth_year && <p>{t("me.born", { year: birth_year })}</p>}
      {home && <p>{t("me.lives")}: <strong>{unitTitle(home.unit)}</strong></p>}
      {school && <p>{t("me.class")}: <strong>{unitTitle(school.unit)}</strong></p>}
      {note && <Banner>{note}</Banner>}
      <Button look="plain" onClick={() => setMoving(true)}>{t("me.move")}</Button>
      {moving && (
        <Sheet title={t("me.move")} onClose={() => setMoving(false)}>
          <UnitPicker chosen={null} onChosen={(unit) => void move(unit)} />
          <Button look="quiet" onClick={() => setMoving(false)}>{t("app.cancel")}</Button>
        </Sheet>
      )}
    </section>
  );
}

function Display() {
  const large = useLive(largeType);
  const lang = useLive(language);
  return (
    <section class="card" aria-labelledby="display">
      <h2 id="display">{t("me.settings")}</h2>
      <label class="check"><input type="checkbox" role="switch" checked={large} data-testid="large-type" onChange={(event) => setLargeType(event.currentTarget.checked)} /><span>{t("me.large")}</span></label>
      <div role="group" aria-label={t("me.lang")} class="segment">
        <button type="button" lang="vi" aria-pressed={lang === "vi"} data-testid="lang-vi" onClick={() => setLanguage("vi")}>Tiếng Việt</button>
        <button type="button" lang="en" aria-pressed={lang === "en"} data-testid="lang-en" onClick={() => setLanguage("en")}>English</button>
      </div>
    </section>
  );
}

function Held() {
  const [note, setNote] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function download(): Promise<void> {
    setBusy(true);
    await readMyData().then((data) => [save(data), setNote(t("me.downloaded"))], (failure) => setNote(problemText(failure)));
    setBusy(false);
  }
  return (
    <section class="card" aria-labelledby="held">
      <h2 id="held">{t("me.held")}</h2>
      <ul class="points">
        <li>{t("me.held.name")}</li>
        <li>{t("me.held.unit")}</li>
        <li>{t("me.held.phone")}</li>
        <li>{t("me.held.work")}</li>
        <li>{t("me.held.not")}</li>
      </ul>
      {note && <Banner>{note}</Banner>}
      <Button look="plain" busy={busy} data-testid="download-data" onClick={() => void download()}>{t("me.download")}</Button>
    </section>
  );
}

function save(data: unknown): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  link.download = "lan-toa-du-lieu-cua-toi.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function Leaving() {
  const person = useLive(current)!;
  const [asking, setAsking] = useState(false);
  const { waiting } = counts(useOutbox());
  async function signOut(): Promise<void> {
    await endSession().catch(() => undefined); // without signal the phone forgets the token all the same
    await changePerson(person.id, { token: null, revoked: false });
    await lock();
  }
  return (
    <section class="card" aria-labelledby="leaving">
      <h2 id="leaving">{t("me.leave")}</h2>
      <div class="stack">
        <Button look="plain" data-testid="lock" onClick={() => void lock()}>{t("me.lock")}</Button>
        <Button look="plain" data-testid="sign-out" onClick={() => setAsking(true)}>{t("me.signout")}</Button>
        <a class="button danger" href="#/erase" data-testid="erase-me">{t("me.erase")}</a>
      </div>
      {asking && (
        <Sheet title={t("me.signout")} onClose={() => setAsking(false)}>
          <p>{t("me.signout.text")}</p>
          {waiting > 0 && <Banner tone="warn">{t("me.signout.waiting", { n: waiting })}</Banner>}
          <div class="actions">
            <Button data-testid="sign-out-confirm" onClick={() => void signOut()}>{t("me.signout")}</Button>
            <Button look="plain" onClick={() => setAsking(false)}>{t("app.cancel")}</Button>
          </div>
        </Sheet>
      )}
    </section>
  );
}
