import type { CodeSent, LevelUnit, Proof } from "../../api/types";

export interface Draft {
  step: "phone" | "code" | "who" | "new";
  phone: string;
  sent: CodeSent | null;
  proof: Proof | null;
  name: string;
  year: string;
  unit: LevelUnit | null;
  expired: boolean; // the proof of the number grew too old on the way
  newcomer: Newcomer | null;
}

// Made once for a number and kept until the node has answered: pressing twice, or a lost answer, makes one person.
export interface Newcomer {
  phone: string;
  id: string;
  device: string;
}

export const TO_PHONE: Partial<Draft> = { step: "phone", sent: null, proof: null };

const EMPTY: Draft = { step: "phone", phone: "", sent: null, proof: null, name: "", year: "", unit: null, expired: false, newcomer: null };
const KEY = "lantoa-sign-in";

export function loadDraft(): Draft {
  try {
    return { ...EMPTY, ...(JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Draft>) };
  } catch {
    return EMPTY;
  }
}

export function saveDraft(draft: Draft): Draft {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // no storage: the draft then lives as long as the screen
  }
  return draft;
}

export function clearDraft(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}
