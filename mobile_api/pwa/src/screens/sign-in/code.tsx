import { useState } from "preact/hooks";
import type { StepProps } from ".";
import { proveCode, sendCode } from "../../api/calls";
import type { CodeSent } from "../../api/types";
import { t } from "../../text";
import { Button, Field, Title } from "../../ui/parts";
import { problemText } from "../../ui/problems";
import { TO_PHONE } from "./draft";

export function DemoCode({ sent }: { sent: CodeSent | null }) {
  if (!sent?.demo_code) return null;
  return (
    <aside class="demo-box">
      <strong>{t("signin.demo")}</strong>
      <p>{t("signin.demo.text")} <b class="code" data-testid="demo-code">{sent.demo_code}</b></p>
    </aside>
  );
}

export function CodeField({ value, onValue, error }: { value: string; onValue: (code: string) => void; error: string | null }) {
  return <Field label={t("signin.code")} error={error} value={value} onValue={onValue} inputMode="numeric" autocomplete="one-time-code" maxLength={6} class="short spaced" data-testid="code-input" />;
}

export function CodeStep({ draft, change }: StepProps) {
  const [code, setCode] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function run(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    setError(null);
    await work().catch((failure) => setError(problemText(failure)));
    setBusy(false);
  }
  function verify(event: Event): void {
    event.preventDefault();
    if (!/^\d{6}$/.test(code.trim())) return setError(t("signin.code.bad"));
    void run(async () => {
      const proof = await proveCode(draft.phone, code.trim());
      change({ proof, sent: null, step: proof.persons.length ? "who" : "new" });
    });
  }
  const resend = () => run(async () => change({ sent: await sendCode(draft.phone) }));
  return (
    <form onSubmit={verify} noValidate>
      <Title>{t("signin.code")}</Title>
      <p>{t("signin.code.sent", { phone: draft.phone, minutes: Math.max(1, Math.round((draft.sent?.expires_in_s ?? 300) / 60)) })}</p>
      <DemoCode sent={draft.sent} />
      <CodeField value={code} onValue={setCode} error={error} />
      <Button type="submit" class="wide" busy={busy} data-testid="verify-code">{t("signin.verify")}</Button>
      <div class="actions">
        <Button look="quiet" onClick={() => void resend()}>{t("signin.resend")}</Button>
        <Button look="quiet" onClick={() => change(TO_PHONE)}>{t("signin.other-phone")}</Button>
      </div>
    </form>
  );
}
