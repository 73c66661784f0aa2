// Handing in: what is missing is named beforehand, with the way to mend it; a pledge that is whole goes with one tap.
import { useState } from "preact/hooks";
import { t } from "../../text";
import { Banner, Button } from "../../ui/parts";
import { settingsOf } from "./home";
import { lacks } from "./state";
import { useAct, type OwnPledge } from "./use-pledge";

export function HandIn({ own: { activity, base, view } }: { own: OwnPledge }) {
  const [asked, setAsked] = useState(false);
  const { busy, failed, act } = useAct(activity.id);
  const missing = lacks(view.items, settingsOf(activity));
  if (!view.items.length || (view.number > 0 && !view.unsent) || (view.sending && !view.unsent)) return null;
  async function handIn(): Promise<void> {
    setAsked(missing.length > 0);
    if (!missing.length) await act("submit", {});
  }
  return (
    <section class="hand-in">
      <Button class="wide big-do" busy={busy} data-testid="hand-in" onClick={() => void handIn()}>{t(view.number > 0 ? "pledge.hand-in.again" : "pledge.hand-in")}</Button>
      {asked && missing.length > 0 && (
        <div class="banner warn" role="alert" data-testid="lacks">
          <strong>{t("pledge.lacks")}</strong>
          <ul class="points">
            {missing.map(({ what, item }) => (
              <li key={what + item?.id}>{item ? <a href={`#${base}/item/${item.id}`}>{t(`pledge.lack.${what}`, { what: item.what })}</a> : t(`pledge.lack.${what}`, { n: settingsOf(activity).most_items ?? 10 })}</li>
            ))}
          </ul>
        </div>
      )}
      {failed && <Banner tone="bad" alert>{failed}</Banner>}
      <p class="hint">{t("pledge.hand-in.text")}</p>
    </section>
  );
}
