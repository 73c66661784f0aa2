// Somebody came in with another PIN than the one this phone knew. What waits from before is still here, and the old PIN opens it.
import { useState } from "preact/hooks";
import { PIN_SHAPE } from "../lib/pin";
import { outboxMoved } from "../store/outbox";
import { openFormer } from "../store/entering";
import { current } from "../store/persons";
import { kick } from "../sync";
import { t } from "../text";
import "../text/field-vi";
import { Button, Field } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useLive } from "../ui/use";

export function Former() {
  const person = useLive(current);
  const [pin, setPin] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function open(event: Event): Promise<void> {
    event.preventDefault();
    if (!PIN_SHAPE.test(pin)) return setError(t("signin.pin.bad"));
    setBusy(true);
    setError(null);
    try {
      if (!(await openFormer(person!.id, pin))) setError(t("problem.pin_wrong"));
      outboxMoved.set(outboxMoved.get() + 1);
      kick();
    } catch (failure) {
      setError(problemText(failure));
    }
    setBusy(false);
  }
  return (
    <form class="banner warn" onSubmit={(event) => void open(event)} noValidate data-testid="former-pin">
      <strong>{t("former.title")}</strong>
      <p>{t("former.text")}</p>
      <Field label={t("former.pin")} error={error} value={pin} onValue={setPin} type="password" inputMode="numeric" autocomplete="off" maxLength={6} class="short" data-testid="former-input" />
      <Button type="submit" look="plain" busy={busy} data-testid="former-open">{t("former.open")}</Button>
    </form>
  );
}
