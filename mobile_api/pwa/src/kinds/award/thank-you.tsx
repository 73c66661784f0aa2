// A thank-you, and its letter: made when it is asked for, with the name the person wants on it.
import { useState } from "preact/hooks";
import type { Issued, Recognition } from "../../api/types";
import { day, t } from "../../text";
import { Button, Field } from "../../ui/parts";
import { problemText } from "../../ui/problems";
import { askForLetter } from "./calls";
import { PaperLinks } from "./paper-links";
import "../../text/award-vi";

type Thanks = Recognition["thanks"][number];
type Whose = Pick<Recognition, "minor" | "printed_name">;

export function ThankYou({ one, letter, whose, again }: { one: Thanks; letter: Issued | undefined; whose: Whose; again: () => Promise<void> }) {
  const [asking, setAsking] = useState(false);
  return (
    <li data-testid="thank-you">
      <strong>{one.words}</strong>
      <p class="hint">{t("award.thanks.from", { unit: one.unit, day: day(one.at) })}</p>
      {letter ? <PaperLinks paper={letter} />
        : asking ? <AskFor thanks={one.id} whose={whose} done={again} onNot={() => setAsking(false)} />
        : <Button look="plain" data-testid="letter-begin" onClick={() => setAsking(true)}>{t("award.letter")}</Button>}
    </li>
  );
}

function AskFor({ thanks, whose, done, onNot }: { thanks: string; whose: Whose; done: () => Promise<void>; onNot: () => void }) {
  const [name, setName] = useState(whose.printed_name);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function ask(event: Event): Promise<void> {
    event.preventDefault();
    const printed = whose.minor ? whose.printed_name : name.trim().normalize("NFC");
    if (!printed) return setError(t("certificate.name.bad"));
    setError(null);
    setBusy(true);
    await askForLetter(thanks, printed).then(done, (failure) => setError(problemText(failure)));
    setBusy(false);
  }
  return (
    <form onSubmit={(event) => void ask(event)} noValidate>
      {whose.minor ? <><p class="big" data-testid="letter-name">{whose.printed_name}</p><p class="hint">{t("certificate.minor")}</p>{error && <p class="error" role="alert">{error}</p>}</>
        : <Field label={t("certificate.name")} hint={t("certificate.name.hint")} error={error} value={name} onValue={setName} autocomplete="name" maxLength={60} data-testid="letter-name" />}
      <div class="actions"><Button type="submit" busy={busy} data-testid="letter-ask">{t("award.letter.ask")}</Button><Button look="quiet" onClick={onNot}>{t("app.cancel")}</Button></div>
    </form>
  );
}
