import { useState } from "preact/hooks";
import { changeMe, endSession, readMe, readMyData, recallMine } from "../api/calls";
import type { LevelUnit, Me as MeData } from "../api/types";
import { restKinds } from "../kinds";
import { counts } from "../store/outbox";
import { changePerson, current, lock } from "../store/persons";
import { maybe, t } from "../text";
import { Display, Languages } from "../ui/display";
import { Banner, Button, Loading, Sheet, Stale, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useRead, type Read } from "../ui/read";
import { useOutbox } from "../ui/status";
import { UnitPicker, unitTitle } from "../ui/units";
import { useLive } from "../ui/use";
import { Consents } from "./me-consents";
import { FinalList } from "./me-final";

export function Me() {
  const person = useLive(current)!;
  const me = useRead(readMe, () => recallMine<MeData>("me"), `${person.id}:${person.token}`);
  return (
    <>
      <Title>{t("me.title")}</Title>
      {!person.revoked && <Stale read={me} />}
      {me.value ? <Who me={me} /> : me.loading && <Loading />}
      {me.value && <Belonging me={me.value} />}
      <Recognised />
      <Settings />
      {me.value && <BoardName me={me.value} />}
      <Held young={Boolean(me.value && me.value.age_group !== "adult")} />
      {me.value && <FinalList me={me.value} again={me.again} />}
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

function Belonging({ me }: { me: MeData }) {
  const groups = me.memberships.filter((one) => one.kind !== "lives_in");
  return (
    <section class="card" aria-labelledby="belonging">
      <h2 id="belonging">{t("me.groups")}</h2>
      {!groups.length && <p class="hint">{t("me.groups.none")}</p>}
      <ul class="lines">
        {groups.map((one) => <li key={one.id} data-testid="membership"><strong>{unitTitle(one.unit)}</strong><p class="hint">{maybe(`me.group.${one.kind}`) ?? one.kind}</p></li>)}
      </ul>
      <a class="button plain" href="#/join" data-testid="open-join">{t("join.title")}</a>
    </section>
  );
}

function Recognised() {
  return (
    <section class="card" aria-labelledby="recognised">
      <h2 id="recognised">{t("me.recognition")}</h2>
      <p class="hint">{t("me.recognition.text")}</p>
      <a class="button plain" href="#/recognition" data-testid="open-recognition">{t("me.recognition.open")}</a>
      <a class="button quiet" href="#/verify" data-testid="open-verify">{t("welcome.verify")}</a>
    </section>
  );
}

function BoardName({ me }: { me: MeData }) {
  return (
    <section class="card" aria-labelledby="board-name">
      <h2 id="board-name">{t("boardname.title")}</h2>
      {me.age_group !== "adult" ? <p class="hint">{t("boardname.minor")}</p> : (
        <>
          <p>{me.board_name ? t("boardname.shown.as", { name: me.board_name }) : t("boardname.none")}</p>
          <a class="button plain" href="#/board-name" data-testid="open-board-name">{t(me.board_name ? "boardname.change" : "boardname.offer")}</a>
        </>
      )}
    </section>
  );
}

function Settings() {
  return (
    <section class="card" aria-labelledby="display">
      <h2 id="display">{t("me.settings")}</h2>
      <Display />
      <Languages />
    </section>
  );
}

// `young`: no board names anybody under 18, so no name of theirs is held for one.
function Held({ young }: { young: boolean }) {
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
        <li>{t(young ? "me.held.certificate" : "me.held.board")}</li>
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
  // What was tapped and not yet written down becomes a deed first: behind the lock nobody can.
  const shut = () => restKinds(person.id).catch(() => undefined).then(lock);
  async function signOut(): Promise<void> {
    await endSession().catch(() => undefined); // without signal the phone forgets the token all the same
    await changePerson(person.id, { token: null, revoked: false });
    await shut();
  }
  return (
    <section class="card" aria-labelledby="leaving">
      <h2 id="leaving">{t("me.leave")}</h2>
      <div class="stack">
        <Button look="plain" data-testid="lock" onClick={() => void shut()}>{t("me.lock")}</Button>
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
