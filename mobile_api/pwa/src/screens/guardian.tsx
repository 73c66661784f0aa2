// The guardian's yes for a child under 16: the text, a name, the relation, a code to the account's number, and a tick.
import { useState } from "preact/hooks";
import { giveGuardianConsent, readActivity, sendGuardianCode } from "../api/calls";
import type { CodeSent, ConsentText } from "../api/types";
import { t } from "../text";
import { BackLink, Banner, Button, Check, Failed, Field, Loading, Title } from "../ui/parts";
import { codeOf, problemText } from "../ui/problems";
import { useTexts } from "../ui/texts";
import { ConsentBody, NeedsLeft } from "./consent";
import { nextNeed } from "./needs";
import { CodeField, DemoCode } from "./sign-in/code";

const RELATIONS = ["father", "mother", "guardian"] as const;
type Errors = Partial<Record<"name" | "relation" | "code" | "tick" | "form", string>>;

export function Guardian({ activity }: { activity: string }) {
  const texts = useTexts();
  if (!texts.value) return texts.error ? <Failed text={texts.error} again={texts.again} /> : <Loading />;
  const text = texts.value.find((one) => one.purpose === "guardian_contest_entry");
  return text ? <GuardianForm activity={activity} text={text} /> : <Failed text={t("problem.unknown")} again={texts.again} />;
}

function GuardianForm({ activity, text }: { activity: string; text: ConsentText }) {
  const [name, setName] = useState("");
  const [relation, setRelation] = useState("");
  const [sent, setSent] = useState<CodeSent | null>(null);
  const [code, setCode] = useState("");
  const [ticked, setTicked] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  const [busy, setBusy] = useState(false);

  async function run(work: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    await work().catch((failure) => setErrors(codeOf(failure).includes("code") ? { code: problemText(failure) } : { form: problemText(failure) }));
    setBusy(false);
  }
  function who(): Errors {
    return { ...(name.trim().length < 2 && { name: t("guardian.name.bad") }), ...(!relation && { relation: t("guardian.relation.bad") }) };
  }
  function send(): void {
    const found = who();
    setErrors(found);
    if (!Object.keys(found).length) void run(async () => setSent(await sendGuardianCode()));
  }
  function agree(event: Event): void {
    event.preventDefault();
    if (!sent) return send();
    const found: Errors = { ...who(), ...(!/^\d{6}$/.test(code.trim()) && { code: t("signin.code.bad") }), ...(!ticked && { tick: t("consent.check.first") }) };
    setErrors(found);
    if (Object.keys(found).length) return;
    void run(async () => {
      const { campaign } = await readActivity(activity);
      await giveGuardianConsent({ code: code.trim(), guardian_name: name.trim().normalize("NFC"), relation, version: text.version, campaign_id: campaign.id });
      await nextNeed(activity);
    });
  }
  return (
    <form onSubmit={agree} noValidate>
      <BackLink to={`/activity/${activity}`} />
      <NeedsLeft activity={activity} />
      <Title>{t("guardian.title")}</Title>
      <p>{t("guardian.text")}</p>
      <ConsentBody text={text} />
      <Field label={t("guardian.name")} error={errors.name} value={name} onValue={setName} autocomplete="off" data-testid="guardian-name" />
      <Relations value={relation} onValue={setRelation} error={errors.relation} />
      {!sent && <p class="hint">{t("guardian.send.text")}</p>}
      {sent && <DemoCode sent={sent} />}
      {sent && <CodeField value={code} onValue={setCode} error={errors.code ?? null} />}
      {sent && <Check label={t("guardian.check")} checked={ticked} onChecked={setTicked} testid="consent-check" error={errors.tick ?? null} />}
      {errors.form && <Banner tone="bad" alert>{errors.form}</Banner>}
      <Button type="submit" class="wide" busy={busy} data-testid={sent ? "consent-agree" : "guardian-send"}>{t(sent ? "consent.agree" : "guardian.send")}</Button>
    </form>
  );
}

function Relations({ value, onValue, error }: { value: string; onValue: (value: string) => void; error: string | undefined }) {
  return (
    <fieldset class="field">
      <legend>{t("guardian.relation")}</legend>
      {RELATIONS.map((one) => (
        <label class="check" key={one}>
          <input type="radio" name="relation" value={one} checked={value === one} onChange={() => onValue(one)} data-testid={`relation-${one}`} />
          <span>{t(`guardian.${one}`)}</span>
        </label>
      ))}
      {error && <p class="error" role="alert">{error}</p>}
    </fieldset>
  );
}
