// One deed of a kind at a time, and the way back from its form.
import { useState } from "preact/hooks";
import { go } from "../route";
import { current } from "../store/persons";
import { perform } from "../sync";
import { t } from "../text";

export interface Act {
  busy: boolean;
  failed: string | null;
  act: (action: string, body: object) => Promise<boolean>;
}

// `kind` stands before each action's name: act("send", …) of initiative is `initiative.send`.
export function useAct(kind: string, activity: string): Act {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  async function act(action: string, body: object): Promise<boolean> {
    if (busy) return false; // two quick taps are one deed
    setBusy(true);
    setFailed(null);
    try {
      await perform(current.get()!.id, { activity, action: `${kind}.${action}`, body: { ...body } });
      return true;
    } catch {
      setFailed(t("store.failed"));
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { busy, failed, act };
}

// Back to where the form was opened, so that the phone's own back button does not meet the same screen twice.
export const leave = (to: string): void => (history.length > 1 ? history.back() : go(to, true));
