// Several people share a phone: choose, then the PIN. Checked on the phone, so that it opens without signal.
import { useEffect, useRef, useState } from "preact/hooks";
import { endSession } from "../api/calls";
import { restKinds } from "../kinds";
import { go } from "../route";
import { FREE_TRIES, pauseMs, unlock } from "../store/entering";
import { countDue } from "../store/outbox";
import { allPersons, getPerson, wipePerson, type PersonRow } from "../store/persons";
import { t } from "../text";
import { Banner, Button, Field, Sheet, Title } from "../ui/parts";
import { problemText } from "../ui/problems";

const canUnlock = ({ vault, pin, locked, token }: PersonRow): boolean => Boolean((vault || pin) && (locked || token));

export function Persons() {
  const [all, setAll] = useState<PersonRow[]>([]);
  const [chosen, setChosen] = useState<PersonRow | null>(null);
  const [leaving, setLeaving] = useState<PersonRow | null>(null);
  useEffect(() => void allPersons().then(setAll), []);
  async function removed(): Promise<void> {
    setLeaving(null);
    const left = await allPersons();
    if (left.length) setAll(left);
    else go("/", true);
  }
  if (chosen) return <Unlock person={chosen} onBack={() => setChosen(null)} />;
  return (
    <>
      <Title>{t("persons.title")}</Title>
      <ul class="choices">
        {all.map((person) => (
          <li key={person.id}>
            <button type="button" class="choice" data-testid="person-card" onClick={() => (canUnlock(person) ? setChosen(person) : go("/sign-in"))}>
              <span>{person.name}</span>
              {!canUnlock(person) && <small>{t("persons.again")}</small>}
              <Waiting id={person.id} />
            </button>
            <Button look="quiet" data-testid="remove-person" aria-label={t("persons.remove.of", { name: person.name })} onClick={() => setLeaving(person)}>{t("persons.remove")}</Button>
          </li>
        ))}
      </ul>
      <Button look="plain" class="wide" onClick={() => go("/sign-in")}>{t("persons.add")}</Button>
      {leaving && <Remove person={leaving} onNo={() => setLeaving(null)} onDone={() => void removed()} />}
    </>
  );
}

// Behind the lock nobody can read what waits, and nothing of it is sent: whose it is should know before the day is over.
function Waiting({ id }: { id: string }) {
  const [n, setN] = useState(0);
  useEffect(() => void countDue(id).then(setN, () => undefined), []);
  return n ? <small data-testid="person-waiting">{t("persons.waiting", { n })}</small> : null;
}

// Works without signal and without a session: nobody's name has to stay on a phone because the node cannot be asked.
function Remove({ person, onNo, onDone }: { person: PersonRow; onNo: () => void; onDone: () => void }) {
  const [unsent, setUnsent] = useState<number | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => void restKinds(person.id).then(() => countDue(person.id)).then(setUnsent, (failure) => setError(problemText(failure))), []);
  async function remove(): Promise<void> {
    await wipePerson(person.id).then(onDone, (failure) => setError(problemText(failure)));
    if (person.token) void endSession(person.token).catch(() => undefined);
  }
  return (
    <Sheet title={t("persons.remove.ask", { name: person.name })} onClose={onNo}>
      <p>{t("persons.remove.text")}</p>
      {unsent ? <Banner tone="warn" testid="remove-unsent">{t("persons.remove.unsent", { n: unsent })}</Banner> : null}
      {error && <Banner tone="bad" alert>{error}</Banner>}
      <div class="actions">
        <Button look="danger" busy={unsent === null} data-testid="remove-confirm" onClick={() => void remove()}>{t("persons.remove")}</Button>
        <Button look="plain" onClick={onNo}>{t("app.cancel")}</Button>
      </div>
    </Sheet>
  );
}

function Unlock({ person, onBack }: { person: PersonRow; onBack: () => void }) {
  const [pin, setPin] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const wrong = useRef(person); // the row as it stands after the last try
  const waits = () => t("persons.wait", { n: Math.ceil(((wrong.current.wait_until ?? 0) - Date.now()) / 60_000) });
  async function open(event: Event): Promise<void> {
    event.preventDefault();
    if ((wrong.current.wait_until ?? 0) > Date.now()) return setError(waits());
    setBusy(true);
    setError(null);
    try {
      if (await unlock(person.id, pin)) return go("/home", true);
      wrong.current = (await getPerson(person.id)) ?? person;
      const { tries } = wrong.current;
      setError(pauseMs(tries) ? waits() : t("problem.pin_wrong.left", { left: FREE_TRIES + 1 - tries }));
    } catch (failure) {
      setError(problemText(failure));
    }
    setBusy(false);
  }
  return (
    <form onSubmit={(event) => void open(event)} noValidate>
      <Title>{person.name}</Title>
      <Field label={t("persons.pin", { name: person.name })} error={error} value={pin} onValue={setPin} type="password" inputMode="numeric" autocomplete="off" maxLength={6} class="short" data-testid="pin-input" />
      <Button type="submit" class="wide" busy={busy}>{t("persons.unlock")}</Button>
      <Button look="quiet" class="wide" onClick={onBack}>{t("app.back")}</Button>
      <p class="centre"><a href="#/sign-in">{t("persons.forgot")}</a></p>
    </form>
  );
}
