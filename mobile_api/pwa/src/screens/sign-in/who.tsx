import { useState } from "preact/hooks";
import { deviceFor, type StepProps } from ".";
import { openSession } from "../../api/calls";
import { PIN_SHAPE } from "../../lib/pin";
import { wipeReported } from "../../store/persons";
import { t } from "../../text";
import { Button, Field, Title } from "../../ui/parts";
import { codeOf, problemText } from "../../ui/problems";
import { TO_PHONE } from "./draft";

type Person = { id: string; name: string };

export function WhoStep(props: StepProps) {
  const { draft, change } = props;
  const [chosen, setChosen] = useState<Person | null>(null);
  if (chosen) return <PinStep {...props} person={chosen} onBack={() => setChosen(null)} />;
  return (
    <>
      <Title>{t("signin.who")}</Title>
      <p>{t("signin.who.text")}</p>
      <ul class="choices">
        {draft.proof?.persons.map((person) => (
          <li key={person.id}><button type="button" class="choice" data-testid="person-card" onClick={() => setChosen(person)}><span>{person.name}</span></button></li>
        ))}
      </ul>
      <Button look="plain" class="wide" data-testid="new-person" onClick={() => change({ step: "new" })}>{t("signin.new")}</Button>
      <Button look="quiet" class="wide" data-testid="other-phone" onClick={() => change(TO_PHONE)}>{t("signin.other-phone")}</Button>
    </>
  );
}

function PinStep({ draft, change, done, person, onBack }: StepProps & { person: Person; onBack: () => void }) {
  const [pin, setPin] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function enter(event: Event): Promise<void> {
    event.preventDefault();
    setError(null);
    if (!PIN_SHAPE.test(pin)) return setError(t("signin.pin.bad"));
    setBusy(true);
    try {
      const device = await deviceFor(person.id);
      await done(await openSession({ ticket: draft.proof!.ticket, device_id: device, person_id: person.id, pin }), device, pin);
    } catch (failure) {
      setError(problemText(failure));
      if (codeOf(failure) === "device_lost") await wipeReported(person.id); // whoever found it starts with nothing of what was here
      if (codeOf(failure) === "ticket_expired") change({ ...TO_PHONE, expired: true });
    }
    setBusy(false);
  }
  return (
    <form onSubmit={(event) => void enter(event)} noValidate>
      <Title>{person.name}</Title>
      <Field label={t("signin.pin.of", { name: person.name })} error={error} value={pin} onValue={setPin} type="password" inputMode="numeric" autocomplete="off" maxLength={6} class="short" data-testid="pin-input" />
      <Button type="submit" class="wide" busy={busy} data-testid="enter">{t("signin.enter")}</Button>
      <Button look="quiet" class="wide" onClick={onBack}>{t("app.back")}</Button>
    </form>
  );
}
