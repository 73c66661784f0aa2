import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { giveConsent, readActivity, recallMine } from "../api/calls";
import type { Activity, ConsentText } from "../api/types";
import { t } from "../text";
import { BackLink, Banner, Button, Check, Failed, Loading, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useRead } from "../ui/read";
import { useTexts } from "../ui/texts";
import { nextNeed } from "./needs";

export function NeedsLeft({ activity }: { activity: string }) {
  const needs = useRead(() => readActivity(activity), () => recallMine<Activity>(`activity:${activity}`), activity).value?.needs.length;
  return needs && needs > 1 ? <p class="over">{t("needs.step", { n: needs })}</p> : null;
}

export function ConsentBody({ text }: { text: ConsentText }) {
  return (
    <section class="card prose">
      {text.text.split(/\n+/).map((paragraph) => <p key={paragraph}>{paragraph}</p>)}
      <p class="hint">
        {text.retention_days ? `${t("consent.kept", { days: text.retention_days })}. ` : ""}
        {text.legal_basis ? t("consent.basis", { basis: text.legal_basis }) : ""}
      </p>
    </section>
  );
}

export function ConsentScreen({ activity, purpose }: { activity: string; purpose: string }) {
  const texts = useTexts();
  const text = texts.value?.find((one) => one.purpose === purpose);
  const assent = purpose === "child_assent";
  if (!texts.value) return texts.error ? <Failed text={texts.error} again={texts.again} /> : <Loading />;
  return (
    <AgreeForm activity={activity} title={text?.title ?? t("assent.title")} label={t(assent ? "assent.check" : "consent.check")} onAgree={() => giveConsent(purpose, text?.version ?? 1)}>
      {text ? <ConsentBody text={text} /> : <p class="card prose">{t("assent.text")}</p>}
    </AgreeForm>
  );
}

function AgreeForm({ activity, title, label, onAgree, children }: { activity: string; title: string; label: string; onAgree: () => Promise<unknown>; children: ComponentChildren }) {
  const [ticked, setTicked] = useState(false); // never ticked beforehand: silence is not consent
  const [missing, setMissing] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function agree(): Promise<void> {
    setMissing(ticked ? null : t("consent.check.first"));
    if (!ticked) return;
    setBusy(true);
    setError(null);
    await onAgree().then(() => nextNeed(activity)).catch((failure) => setError(problemText(failure)));
    setBusy(false);
  }
  return (
    <>
      <BackLink to={`/activity/${activity}`} />
      <NeedsLeft activity={activity} />
      <Title>{title}</Title>
      {children}
      <Check label={label} checked={ticked} onChecked={setTicked} testid="consent-check" error={missing} />
      {error && <Banner tone="bad" alert>{error}</Banner>}
      <Button class="wide" busy={busy} data-testid="consent-agree" onClick={() => void agree()}>{t("consent.agree")}</Button>
      <p class="hint">{t("consent.free")}</p>
    </>
  );
}
