// Type, colours, voice, language: in "Của tôi", and within reach while a paper is open.
import { language } from "../api/http";
import { SIZES, contrast, readAloud, setContrast, setLanguage, setReadAloud, setTypeSize, typeSize } from "../settings";
import { t } from "../text";
import { useLive } from "./use";

export function Display() {
  const size = useLive(typeSize);
  const strong = useLive(contrast);
  const aloud = useLive(readAloud);
  return (
    <>
      <p class="label" id="type-size">{t("me.size")}</p>
      <div role="group" aria-labelledby="type-size" class="segment sizes">
        {SIZES.map((one) => (
          <button key={one} type="button" class={one} aria-pressed={size === one} data-testid={`size-${one}`} onClick={() => setTypeSize(one)}>{t(`me.size.${one}`)}</button>
        ))}
      </div>
      <Switch label={t("me.contrast")} on={strong} onChange={setContrast} testid="contrast" />
      <Switch label={t("me.aloud")} hint={t("me.aloud.hint")} on={aloud} onChange={setReadAloud} testid="read-aloud" />
    </>
  );
}

function Switch({ label, hint, on, onChange, testid }: { label: string; hint?: string; on: boolean; onChange: (on: boolean) => void; testid: string }) {
  return (
    <label class="check">
      <input type="checkbox" role="switch" checked={on} data-testid={testid} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}{hint && <small class="hint">{hint}</small>}</span>
    </label>
  );
}

export function Languages() {
  const lang = useLive(language);
  return (
    <>
      <p class="label" id="languages">{t("me.lang")}</p>
      <div role="group" aria-labelledby="languages" class="segment">
        <button type="button" lang="vi" aria-pressed={lang === "vi"} data-testid="lang-vi" onClick={() => void setLanguage("vi")}>Tiếng Việt</button>
        <button type="button" lang="en" aria-pressed={lang === "en"} data-testid="lang-en" onClick={() => void setLanguage("en")}>English</button>
      </div>
    </>
  );
}
