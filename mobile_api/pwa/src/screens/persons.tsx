// Several people share a phone: choose, then the PIN. Checked on the phone, so that it opens without signal.
import { useEffect, useState } from "preact/hooks";
import { digestPin } from "../lib/pin";
import { go } from "../route";
import { allPersons, changePerson, enter, type PersonRow } from "../store/persons";
import { t } from "../text";
import { Button, Field, Title } from "../ui/parts";

const TRIES = 5;
const canUnlock = (person: PersonRow): boolean => person.token !== null && person.pin !== null && person.tries < TRIES;

export function Persons() {
  const [all, setAll] = useState<PersonRow[]>([]);
  const [chosen, setChosen] = useState<PersonRow | null>(null);
  useEffect(() => void allPersons().then(setAll), []);
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
            </button>
          </li>
        ))}
      </ul>
      <Button look="plain" class="wide" onClick={() => go("/sign-in")}>{t("persons.add")}</Button>
    </>
  );
}

function Unlock({ person, onBack }: { person: PersonRow; onBack: () => void }) {
  const [pin, setPin] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [tries, setTries] = useState(person.tries);
  async function open(event: Event): Promise<void> {
    event.preventDefault();
    setError(null);
    if ((await digestPin(pin, person.pin!.salt)) === person.pin!.digest) {
      await changePerson(person.id, { tries: 0 });
      await enter(person.id);
      return go("/home", true);
    }
    await changePerson(person.id, { tries: tries + 1 });
    setTries(tries + 1);
    setError(t("problem.pin_wrong.left", { left: TRIES - tries - 1 }));
    if (tries + 1 >= TRIES) go("/sign-in");
  }
  return (
    <form onSubmit={(event) => void open(event)} noValidate>
      <Title>{person.name}</Title>
      <Field label={t("persons.pin", { name: person.name })} error={error} value={pin} onValue={setPin} type="password" inputMode="numeric" autocomplete="off" maxLength={6} class="short" data-testid="pin-input" />
      <Button type="submit" class="wide">{t("persons.unlock")}</Button>
      <Button look="quiet" class="wide" onClick={onBack}>{t("app.back")}</Button>
      <p class="centre"><a href="#/sign-in">{t("persons.forgot")}</a></p>
    </form>
  );
}
