import { useState } from "preact/hooks";
import type { StepProps } from ".";
import { sendCode } from "../../api/calls";
import { t } from "../../text";
import { BackLink, Banner, Button, Field, Title } from "../../ui/parts";
import { problemText } from "../../ui/problems";

export const plainPhone = (text: string): string => text.replace(/[\s.\-()]/g, "").replace(/^\+?84/, "0");
const PHONE = /^0[35789]\d{8}$/;

export function PhoneStep({ draft, change }: StepProps) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const phone = plainPhone(draft.phone);
    setError(null);
    if (!PHONE.test(phone)) return setError(t("signin.phone.bad"));
    setBusy(true);
    await sendCode(phone).then((sent) => change({ phone, sent, step: "code", expired: false }), (failure) => setError(problemText(failure)));
    setBusy(false);
  }
  return (
    <form onSubmit={(event) => void send(event)} noValidate>
      <BackLink to="/" />
      <Title>{t("signin.title")}</Title>
      {draft.expired && <Banner tone="warn" alert testid="signin-expired">{t("signin.expired")}</Banner>}
      <Field label={t("signin.phone")} hint={t("signin.phone.hint")} error={error} value={draft.phone} onValue={(phone) => change({ phone })} type="tel" inputMode="numeric" autocomplete="tel-national" class="short" data-testid="phone-input" />
      <Button type="submit" class="wide" busy={busy} data-testid="send-code">{t("signin.send")}</Button>
    </form>
  );
}
