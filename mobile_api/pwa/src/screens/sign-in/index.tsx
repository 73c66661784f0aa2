// Phone number, code, who, and in. What is typed survives errors, a lost signal and a reload (PINs excepted).
import { useState } from "preact/hooks";
import { keepSession } from "../../store/entering";
import { getPerson } from "../../store/persons";
import type { Session } from "../../api/types";
import { uuid4 } from "../../lib/ids";
import { go } from "../../route";
import { kick } from "../../sync";
import { CodeStep } from "./code";
import { NewPerson } from "./new-person";
import { PhoneStep } from "./phone";
import { WhoStep } from "./who";
import { clearDraft, loadDraft, saveDraft, type Draft } from "./draft";

export interface StepProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  pins: { pin: string; again: string }; // in memory only
  setPins: (pins: StepProps["pins"]) => void;
  done: (session: Session, device: string, pin: string) => Promise<void>;
}

// A person known on this phone keeps the device id: the outbox and its sequence belong to it.
export async function deviceFor(personId: string | null): Promise<string> {
  return (personId && (await getPerson(personId))?.device) || uuid4();
}

export function SignIn() {
  const [draft, setDraft] = useState(loadDraft);
  const [pins, setPins] = useState({ pin: "", again: "" });
  const change = (part: Partial<Draft>) => setDraft((now) => saveDraft({ ...now, ...part }));
  const done: StepProps["done"] = async (session, device, pin) => {
    await keepSession(session, device, pin);
    clearDraft();
    void navigator.storage?.persist?.(); // asked now, when the person has just chosen to use the app here
    go("/home", true);
    kick();
  };
  const props = { draft, change, pins, setPins, done };
  switch (draft.step) {
    case "phone": return <PhoneStep {...props} />;
    case "code": return <CodeStep {...props} />;
    case "who": return <WhoStep {...props} />;
    case "new": return <NewPerson {...props} />;
  }
}
