import { useRef, useState } from "preact/hooks";
import { deviceFor, type StepProps } from ".";
import { createPerson } from "../../api/calls";
import { uuid7 } from "../../lib/ids";
import { PIN_SHAPE } from "../../lib/pin";
import { t } from "../../text";
import { Banner, Button, Field, Title } from "../../ui/parts";
import { codeOf, problemText } from "../../ui/problems";
import { UnitPicker } from "../../ui/units";
import { TO_PHONE, type Draft } from "./draft";

type Errors = Partial<Record<"name" | "year" | "pin" | "again" | "unit" | "form", string>>;
const thisYear = () => new Date().getFullYear();

function check(draft: Draft, pin: string, again: string): Errors {
  const errors: Errors = {};
  const [from, to] = [thisYear() - 115, thisYear() - 5];
  const year = Number(draft.year);
  if (draft.name.trim().length < 2) errors.name = t("new.name.bad");
  if (!/^\d{4}$/.test(draft.year) || year < from || year > to) errors.year = t("new.year.bad", { from, to });
  if (!draft.unit) errors.unit = t("new.unit.bad");
  if (!PIN_SHAPE.test(pin)) errors.pin = t("signin.pin.bad");
  else if (pin !== again) errors.again = t("signin.pin.differs");
  return errors;
}

// The node's codes land next to the field they speak about.
function place(failure: unknown): Errors {
  const text = problemText(failure);
  if (codeOf(failure) === "unit_unknown") return { unit: text };
  if (codeOf(failure) === "too_young") return { year: text };
  return { form: text };
}

export function NewPerson({ draft, change, pins, setPins, done }: StepProps) {
  const { pin, again } = pins;
  const [errors, setErrors] = useState<Errors>({});
  const [busy, setBusy] = useState(false);
  const inFlight = useRef(false); // two presses may come before the button is drawn as busy
  const typed = (field: keyof Errors) => setErrors(({ [field]: _, ...others }) => others);
  async function create(event: Event): Promise<void> {
    event.preventDefault();
    if (inFlight.current) return;
    const found = check(draft, pin, again);
    setErrors(found);
    if (Object.keys(found).length || !draft.unit) return;
    setBusy((inFlight.current = true));
    try {
      const { phone } = draft;
      const newcomer = draft.newcomer?.phone === phone ? draft.newcomer : { phone, id: uuid7(), device: await deviceFor(null) };
      const { id, device } = newcomer;
      change({ newcomer });
      const body = { ticket: draft.proof?.ticket ?? "", device_id: device, person_id: id, name: draft.name.trim().normalize("NFC"), birth_year: Number(draft.year), pin, unit_id: draft.unit.id };
      await done(await createPerson(body), device, pin);
    } catch (failure) {
      setErrors(place(failure));
      if (codeOf(failure) === "ticket_expired") change({ ...TO_PHONE, expired: true });
    }
    setBusy((inFlight.current = false));
  }
  return (
    <form onSubmit={(event) => void create(event)} noValidate>
      <Title>{t("new.title")}</Title>
      <p>{t("new.text")}</p>
      <Field label={t("new.name")} error={errors.name} value={draft.name} onValue={(name) => [change({ name }), typed("name")]} autocomplete="name" maxLength={80} data-testid="name-input" />
      <Field label={t("new.year")} hint={t("new.year.hint")} error={errors.year} value={draft.year} onValue={(year) => [change({ year }), typed("year")]} inputMode="numeric" autocomplete="bday-year" maxLength={4} class="short" data-testid="birth-year-input" />
      <UnitPicker chosen={draft.unit} onChosen={(unit) => [change({ unit }), typed("unit")]} error={errors.unit ?? null} />
      <Field label={t("signin.pin")} hint={t("signin.pin.hint")} error={errors.pin} value={pin} onValue={(value) => [setPins({ pin: value, again }), typed("pin")]} type="password" inputMode="numeric" autocomplete="new-password" maxLength={6} class="short" data-testid="pin-input" />
      <Field label={t("signin.pin.again")} error={errors.again} value={again} onValue={(value) => [setPins({ pin, again: value }), typed("again")]} type="password" inputMode="numeric" autocomplete="new-password" maxLength={6} class="short" data-testid="pin-again-input" />
      {errors.form && <Banner tone="bad" alert>{errors.form}</Banner>}
      <Button type="submit" class="wide" busy={busy} data-testid="create-person">{t("new.create")}</Button>
      <Button look="quiet" class="wide" data-testid="other-phone" onClick={() => change(TO_PHONE)}>{t("signin.other-phone")}</Button>
    </form>
  );
}
