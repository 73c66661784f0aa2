import { useState } from "preact/hooks";
import { eraseMe } from "../api/calls";
import { NoSignal, Problem } from "../api/http";
import { PIN_SHAPE } from "../lib/pin";
import { go } from "../route";
import { counts } from "../store/outbox";
import { changePerson, current, wipePerson, type PersonRow } from "../store/persons";
import { probe } from "../sync";
import { t } from "../text";
import { BackLink, Banner, Button, Field, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useOutbox } from "../ui/status";
import { useLive } from "../ui/use";
import { erased } from "./welcome";

// The answer of an erase may get lost. Then the session is gone with the person, and a 401 on the repeat says that it was done.
async function eraseOnNode(person: PersonRow, pin: string): Promise<void> {
  if (!(await probe())) throw new NoSignal();
  await changePerson(person.id, { erasing: true });
  try {
    await eraseMe(pin);
  } catch (failure) {
    const lost = !(failure instanceof Problem) || failure.status >= 500;
    if (!lost && person.erasing && failure.status === 401) return;
    if (!lost) await changePerson(person.id, { erasing: false });
    throw failure;
  }
}

export function Erase() {
  const person = useLive(current)!;
  const { waiting } = counts(useOutbox());
  const [pin, setPin] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function erase(event: Event): Promise<void> {
    event.preventDefault();
    setError(null);
    if (!PIN_SHAPE.test(pin)) return setError(t("signin.pin.bad"));
    setBusy(true);
    try {
      await eraseOnNode(person, pin); // the node first: a wiped phone could no longer ask for it
      erased.done = true;
      await wipePerson(person.id);
      go("/", true);
    } catch (failure) {
      setError(failure instanceof NoSignal ? t("erase.signal") : problemText(failure));
      setBusy(false);
    }
  }
  return (
    <form onSubmit={(event) => void erase(event)} noValidate>
      <BackLink to="/me" />
      <Title>{t("erase.title")}</Title>
      <section class="card prose">
        <p>{t("erase.gone")}</p>
        <p>{t("erase.stays")}</p>
        <p><strong>{t("erase.final")}</strong></p>
      </section>
      {waiting > 0 && <Banner tone="warn">{t("erase.waiting", { n: waiting })}</Banner>}
      <Field label={t("erase.pin")} error={error} value={pin} onValue={setPin} type="password" inputMode="numeric" autocomplete="off" maxLength={6} class="short" data-testid="erase-pin" />
      <Button type="submit" look="danger" class="wide" busy={busy} data-testid="erase-confirm">{t("erase.do")}</Button>
    </form>
  );
}
