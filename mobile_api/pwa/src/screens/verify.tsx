// Checks a certificate: its code, its file, or its number. The first two need no signal; what is said always names its time.
import { useEffect, useState } from "preact/hooks";
import { net } from "../sync";
import { day, moment, t } from "../text";
import "../text/verify-vi";
import { BackLink, Banner, Button, Field, Title } from "../ui/parts";
import { canScan, Scan } from "../ui/scan";
import { useLive } from "../ui/use";
import { bring, known, type Known } from "../verify/keep";
import { readCode, type Code } from "../verify/slip";
import { verifyCode, verifyFile, type Verdict, type Word } from "../verify/verify";
import { current } from "../store/persons";

export { bring }; // fetched with this screen by src/sync/trust.ts: one piece fewer

const NOTHING: Known = { keys: [], lists: new Map(), at: null };
const TONES: Partial<Record<Word, "good" | "bad">> = { valid: "good", revoked: "bad", altered: "bad", not_theirs: "bad", key_expired: "bad" };

export function VerifyScreen() {
  const [trust, setTrust] = useState(NOTHING);
  const [said, setSaid] = useState<Verdict | null>(null);
  const [code, setCode] = useState<Code | null>(null);
  const [busy, setBusy] = useState(false);
  const [scanning, setScanning] = useState(false);
  const person = useLive(current);
  useEffect(() => {
    void known().then(setTrust);
    void bring().then(known).then(setTrust);
  }, []);

  // With a signal the newest list answers; without, the one that is here.
  async function check(how: (now: Known) => Promise<Verdict>, scanned: Code | null): Promise<void> {
    setBusy(true);
    setCode(scanned);
    await bring();
    const now = await known();
    setTrust(now);
    setSaid(await how(now));
    setBusy(false);
  }
  function scanned(text: string): void {
    setScanning(false);
    const found = readCode(text);
    if (!found) return void [setCode(null), setSaid({ word: "unreadable" })];
    void check((now) => verifyCode(found, now.keys, now.lists, Date.now()), found);
  }
  async function chosen(file: File | undefined): Promise<void> {
    if (!file) return;
    const raw = new Uint8Array(await file.arrayBuffer());
    await check((now) => verifyFile(raw, now.keys, now.lists, Date.now()), null);
  }
  return (
    <>
      <BackLink to={person ? "/home" : "/"} />
      <Title>{t("verify.title")}</Title>
      {busy ? <Banner>{t("verify.checking")}</Banner>
        : said ? <Said said={said} code={code} empty={!trust.keys.length} again={() => setSaid(null)} />
        : <Ways onScan={() => setScanning(true)} onFile={(file) => void chosen(file)} />}
      <div class="stack"><p class="hint" data-testid="verify-known">{trust.at ? t("verify.known", { moment: moment(trust.at) }) : t("verify.known.none")}</p></div>
      {scanning && <Scan onText={scanned} onClose={() => setScanning(false)} />}
    </>
  );
}

function Ways({ onScan, onFile }: { onScan: () => void; onFile: (file: File | undefined) => void }) {
  return (
    <>
      <p>{t("verify.text")}</p>
      <div class="stack">
        {canScan() && <Button data-testid="verify-scan" onClick={onScan}>{t("verify.scan")}</Button>}
        <label class="button plain">{t("verify.file")}
          <input class="visually-hidden" type="file" accept="image/png,application/json,.json,.png" data-testid="verify-file" onChange={(event) => onFile(event.currentTarget.files?.[0])} />
        </label>
        <p class="hint">{t("verify.file.hint")}</p>
      </div>
      <ByNumber />
    </>
  );
}

// Only the issuer's page can tell of a number.
function ByNumber() {
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const away = useLive(net) === "away" || !navigator.onLine;
  function ask(event: Event): void {
    event.preventDefault();
    if (!typed.trim()) return setError(t("verify.number.empty"));
    if (away) return setError(t("verify.number.away"));
    location.assign(`/xac-minh?so=${encodeURIComponent(typed.trim())}`);
  }
  return (
    <form class="card" onSubmit={ask} noValidate>
      <Field label={t("verify.number")} hint={t("verify.number.hint")} error={error} value={typed} onValue={(value) => [setTyped(value), setError(null)]} autocomplete="off" autocapitalize="characters" maxLength={40} data-testid="verify-number" />
      <Button type="submit" look="plain" class="wide" data-testid="verify-ask">{t("verify.ask")}</Button>
    </form>
  );
}

function Said({ said, code, empty, again }: { said: Verdict; code: Code | null; empty: boolean; again: () => void }) {
  const old = said.word === "unreadable" && code !== null && !code.slip;
  return (
    <>
      <Banner tone={TONES[said.word] ?? "warn"} testid={`verdict-${said.word}`} alert>
        <strong>{t(`verify.${said.word}`)}</strong>
        <p>{old ? t("verify.code.old") : empty ? t("verify.known.none") : textOf(said)}</p>
      </Banner>
      {said.paper && <Paper paper={said.paper} />}
      <div class="stack">
        {said.word !== "unknown_issuer" && (code || said.paper) && <a class="button plain" href={pageOf(code, said)} data-testid="verify-page">{t("verify.page")}</a>}
        <Button look="plain" data-testid="verify-again" onClick={again}>{t("verify.again")}</Button>
      </div>
    </>
  );
}

function textOf({ word, checked, issuerId }: Verdict): string {
  if (word === "stale" && checked) return t("verify.stale.seen", { moment: moment(checked) });
  return t(`verify.${word}.text`, { moment: checked ? moment(checked) : "", issuer: (issuerId ?? "").replace(/^did:web:/, "").replace(/%3A/i, ":") });
}

// The page of whoever the phone got its keys from; a code of somebody else leads nowhere from here.
function pageOf(code: Code | null, { paper }: Verdict): string {
  const number = code?.number ?? paper?.number ?? "";
  return `/xac-minh/${number}${code?.signature ? `?s=${encodeURIComponent(code.signature)}` : ""}`;
}

function Paper({ paper }: { paper: NonNullable<Verdict["paper"]> }) {
  return (
    <>
      <dl class="card pairs" data-testid="verify-paper">
        <div><dt>{t("verify.paper.name")}</dt><dd>{paper.name}</dd></div>
        <div><dt>{t("verify.paper.title")}</dt><dd>{paper.title}</dd></div>
        <div><dt>{t("verify.paper.issuer")}</dt><dd>{paper.issuer}</dd></div>
        <div><dt>{t("verify.paper.day")}</dt><dd>{day(paper.day)}</dd></div>
        <div><dt>{t("verify.paper.number")}</dt><dd class="code">{paper.number}</dd></div>
      </dl>
      <p class="hint">{t("verify.compare")}</p>
    </>
  );
}
