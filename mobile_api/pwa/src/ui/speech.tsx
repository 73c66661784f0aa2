// Reading aloud with the phone's own voices. Many cheap phones have no Vietnamese one: then the app says so, and how to get it.
import { useEffect, useState } from "preact/hooks";
import { language } from "../api/http";
import { live } from "../lib/live";
import { readAloud } from "../settings";
import { t } from "../text";
import { Button } from "./parts";
import { useLive } from "./use";

const VOICES_WITHIN_MS = 1_500; // the list of voices comes late the first time it is asked for

export const voiceFor = <V extends { lang: string; localService?: boolean }>(voices: V[], wanted: string): V | undefined => {
  const fitting = voices.filter((voice) => voice.lang.toLowerCase().replace("_", "-").split("-")[0] === wanted);
  return fitting.find((voice) => voice.localService) ?? fitting[0]; // one on the phone speaks without signal
};

const speaking = live<object | null>(null); // whose words are being read: one reader at a time
const synth = (): SpeechSynthesis | undefined => globalThis.speechSynthesis;

async function voices(from: SpeechSynthesis): Promise<SpeechSynthesisVoice[]> {
  if (from.getVoices().length) return from.getVoices();
  await new Promise<void>((done) => {
    from.addEventListener("voiceschanged", () => done(), { once: true });
    setTimeout(done, VOICES_WITHIN_MS);
  });
  return from.getVoices();
}

export function hush(): void {
  synth()?.cancel();
  speaking.set(null);
}

// False: this phone has no voice for the language.
async function readOut(owner: object, parts: string[]): Promise<boolean> {
  const from = synth();
  const voice = from && voiceFor(await voices(from), language.get());
  if (!from || !voice) return false;
  from.cancel();
  speaking.set(owner);
  parts.filter(Boolean).forEach((part, at, all) => {
    const said = Object.assign(new SpeechSynthesisUtterance(part), { voice, lang: voice.lang, rate: 0.95 });
    const done = () => speaking.get() === owner && speaking.set(null);
    if (at === all.length - 1) said.onend = done;
    said.onerror = done;
    from.speak(said);
  });
  return true;
}

// `parts` are read one after the other. With the setting on, reading begins when the screen opens.
export function Listen({ parts }: { parts: () => string[] }) {
  const [owner] = useState(() => ({}));
  const [mute, setMute] = useState(false);
  const mine = useLive(speaking) === owner;
  const itself = useLive(readAloud);
  const begin = () => void readOut(owner, parts()).then((heard) => setMute(!heard));
  useEffect(() => {
    if (itself) begin();
    return () => void (speaking.get() === owner && hush());
  }, []);
  return (
    <div class="listen">
      <Button look="quiet" data-testid="listen" aria-pressed={mine} onClick={mine ? hush : begin}>
        <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d={mine ? "M7 6h4v12H7zM13 6h4v12h-4z" : "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15 9a4 4 0 0 1 0 6M17.5 6.5a7.5 7.5 0 0 1 0 11"} /></svg>
        {t(mine ? "aloud.stop" : "aloud.listen")}
      </Button>
      {mute && <p class="hint" role="status" data-testid="no-voice">{t(language.get() === "vi" ? "aloud.none" : "aloud.none.en")}</p>}
    </div>
  );
}
