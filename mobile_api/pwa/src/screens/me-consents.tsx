import { useState } from "preact/hooks";
import { withdrawConsent } from "../api/calls";
import type { Consent, Me } from "../api/types";
import { day, t } from "../text";
import { activitiesMoved } from "../sync";
import { Banner, Button, Sheet } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useTexts } from "../ui/texts";
import { FINAL } from "./me-final";

const NAMES = ["board_name", "publish_name", "honour_name"]; // without these one enters all the same

export function Consents({ me, again }: { me: Me; again: () => Promise<void> }) {
  const texts = useTexts().value ?? [];
  const [asking, setAsking] = useState<Consent | null>(null);
  const [error, setError] = useState<string | null>(null);
  const title = (consent: Consent) => texts.find((text) => text.purpose === consent.purpose)?.title ?? (consent.purpose === "child_assent" ? t("assent.check") : consent.purpose);
  async function withdraw(consent: Consent): Promise<void> {
    setAsking(null);
    await withdrawConsent(consent.id).then(() => setError(null), (failure) => setError(problemText(failure)));
    activitiesMoved.set(activitiesMoved.get() + 1);
    await again();
  }
  return (
    <section class="card" aria-labelledby="consents">
      <h2 id="consents">{t("me.consents")}</h2>
      {!me.consents.length && <p class="hint">{t("me.consents.none")}</p>}
      {error && <Banner tone="bad" alert>{error}</Banner>}
      <ul class="lines">
        {me.consents.map((consent) => (
          <li key={consent.id}>
            <strong>{title(consent)}</strong>
            <p class="hint">{t(consent.by === "guardian" ? "me.consent.guardian" : "me.consent.given", { date: day(consent.given_at) })}</p>
            {consent.withdrawn_at ? <p class="hint">{t("me.consent.withdrawn", { date: day(consent.withdrawn_at) })}</p>
              : <Button look="quiet" data-testid="withdraw" onClick={() => setAsking(consent)}>{t("me.withdraw")}</Button>}
          </li>
        ))}
      </ul>
      {asking && (
        <Sheet title={t("me.withdraw.ask")} onClose={() => setAsking(null)}>
          <p>{title(asking)}</p>
          <p>{t(asking.purpose === FINAL ? "me.withdraw.final" : NAMES.includes(asking.purpose) ? "me.withdraw.name" : "me.withdraw.text")}</p>
          <div class="actions">
            <Button data-testid="withdraw-confirm" onClick={() => void withdraw(asking)}>{t("me.withdraw")}</Button>
            <Button look="plain" onClick={() => setAsking(null)}>{t("app.cancel")}</Button>
          </div>
        </Sheet>
      )}
    </section>
  );
}
