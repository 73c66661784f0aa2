// Standing, without a name, on the final list of a contest of many communes: asked for here, taken back among the consents.
import { useState } from "preact/hooks";
import { giveConsent } from "../api/calls";
import type { Me } from "../api/types";
import { t } from "../text";
import { Banner, Button, Check } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useTexts } from "../ui/texts";
import { ConsentBody } from "./consent";

export const FINAL = "common_final";

export function FinalList({ me, again }: { me: Me; again: () => Promise<void> }) {
  const text = useTexts().value?.find((one) => one.purpose === FINAL);
  const [asking, setAsking] = useState(false);
  const [ticked, setTicked] = useState(false); // never ticked beforehand: silence is not consent
  const [error, setError] = useState<string | null>(null);
  if (!text || me.age_group !== "adult" || !me.final_list) return null;
  const agreed = me.consents.some((one) => one.purpose === FINAL && !one.withdrawn_at);
  async function agree(version: number): Promise<void> {
    if (!ticked) return setError(t("consent.check.first"));
    await giveConsent(FINAL, version).then(done, (failure) => setError(problemText(failure)));
    await again();
  }
  // Who takes it back later is asked anew, with nothing ticked.
  function done(): void {
    setError(null);
    setAsking(false);
    setTicked(false);
  }
  return (
    <section class="card" aria-labelledby="final" data-testid="final">
      <h2 id="final">{t("me.final")}</h2>
      {error && <Banner tone="bad" alert>{error}</Banner>}
      {agreed && <p data-testid="final-agreed">{t("me.final.agreed")}</p>}
      {!agreed && !asking && <><p class="hint">{t("me.final.text")}</p><Button look="plain" data-testid="final-ask" onClick={() => setAsking(true)}>{t("me.final.ask")}</Button></>}
      {!agreed && asking && (
        <>
          <ConsentBody text={text} />
          <Check label={t("me.final.check")} checked={ticked} onChecked={setTicked} testid="final-check" />
          <div class="actions">
            <Button data-testid="final-agree" onClick={() => void agree(text.version)}>{t("me.final.agree")}</Button>
            <Button look="quiet" onClick={() => setAsking(false)}>{t("app.cancel")}</Button>
          </div>
        </>
      )}
      <a class="button quiet" href="/thi-chung" data-testid="final-lists">{t("me.final.lists")}</a>
    </section>
  );
}
