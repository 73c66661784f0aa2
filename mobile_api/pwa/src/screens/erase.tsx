import { useState } from "preact/hooks";
import { eraseMe } from "../api/calls";
import { NoSignal } from "../api/http";
import { PIN_SHAPE } from "../lib/pin";
import { go } from "../route";
import { counts } from "../store/outbox";
import { current, wipePerson } from "../store/persons";
import { t } from "../text";
import { BackLink, Banner, Button, Field, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useOutbox } from "../ui/status";
import { useLive } from "../ui/use";
import { erased } from "./welcome";

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
      await eraseMe(pin); // the node first: a wiped phone could no longer ask for it
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
