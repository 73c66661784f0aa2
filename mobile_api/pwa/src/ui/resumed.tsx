// Above a form whose words are kept: taken up again from an earlier time, or whether the last letter lies on the phone.
import { t, type Key } from "../text";
import type { Draft } from "./draft";
import { Button } from "./parts";

export function Resumed({ draft, found, drop }: { draft: Draft<object>; found: Key; drop: Key }) {
  const saved = <p class="hint" data-testid="draft-saved" data-saved={draft.saved}>{draft.saved ? t("contest.saved") : "\u00a0"}</p>; // keeps its line: the form must not jump
  if (!draft.found) return saved;
  return (
    <>
      <div class="banner info" role="status" data-testid="resumed">
        <p>{t(found)}</p>
        <Button look="plain" onClick={() => void draft.drop()}>{t(drop)}</Button>
      </div>
      {saved}
    </>
  );
}
