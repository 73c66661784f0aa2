// A code from a teacher, a cell secretary or an agency: it says where somebody belongs, and nothing has to be typed in.
import { useState } from "preact/hooks";
import { joinClass, joinGroup } from "../api/calls";
import { go } from "../route";
import { t } from "../text";
import { BackLink, Button, Field, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { NeedsLeft } from "./consent";
import { nextNeed } from "./needs";

const WORDS = {
  class: { title: "class.title", text: "class.text", code: "class.code", bad: "class.bad", join: "class.join" },
  group: { title: "join.title", text: "join.text", code: "join.code", bad: "join.bad", join: "join.join" },
} as const;

export function JoinScreen({ activity, what }: { activity: string; what: "class" | "group" }) {
  const [code, setCode] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const words = WORDS[what];
  async function join(event: Event): Promise<void> {
    event.preventDefault();
    setError(null);
    if (!code.trim()) return setError(t(words.bad));
    setBusy(true);
    const joined = what === "class" ? joinClass(code.trim()) : joinGroup(code.trim());
    await joined.then(() => (activity ? nextNeed(activity) : go("/me"))).catch((failure) => setError(problemText(failure)));
    setBusy(false);
  }
  return (
    <form onSubmit={(event) => void join(event)} noValidate>
      <BackLink to={activity ? `/activity/${activity}` : "/me"} />
      {activity && <NeedsLeft activity={activity} />}
      <Title>{t(words.title)}</Title>
      <p>{t(words.text)}</p>
      <Field label={t(words.code)} error={error} value={code} onValue={setCode} autocomplete="off" autocapitalize="characters" maxLength={20} class="short" data-testid="class-input" />
      <Button type="submit" class="wide" busy={busy} data-testid="class-join">{t(words.join)}</Button>
    </form>
  );
}
