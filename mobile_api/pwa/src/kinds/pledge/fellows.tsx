// Deeds that the cell shares among its members. Read with signal only: other people's deeds never lie on this phone, and
// whoever is read is told by whom.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../../api/http";
import type { PledgeDeeds, PledgeFellows } from "../../api/types";
import { current } from "../../store/persons";
import { day, t } from "../../text";
import { BackLink, Banner, Button, Loading, Title } from "../../ui/parts";
import { problemText } from "../../ui/problems";
import { ThemeTag } from "./pieces";
import type { OwnPledge } from "./use-pledge";

interface Asked<T> {
  value: T | null;
  failed: string | null;
  again: () => void;
}

// Asked once each time the screen is opened: every asking is a reading that is told.
function useAsked<T>(path: string): Asked<T> {
  const [asked, setAsked] = useState<{ value: T | null; failed: string | null }>({ value: null, failed: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let alive = true;
    setAsked({ value: null, failed: null });
    void ask<T>(path, { token: current.get()?.token ?? null }).then(
      (value) => alive && setAsked({ value, failed: null }),
      (failure: unknown) => alive && setAsked({ value: null, failed: problemText(failure) }),
    );
    return () => void (alive = false);
  }, [path, turn]);
  return { ...asked, again: () => setTurn(turn + 1) };
}

function Waiting({ asked }: { asked: Asked<object> }) {
  if (!asked.failed) return <Loading />;
  return (
    <Banner tone="warn" testid="fellows-failed">
      <p>{asked.failed}</p>
      <p>{t("pledge.fellows.signal")}</p>
      <Button look="plain" onClick={asked.again}>{t("pledge.fellows.again")}</Button>
    </Banner>
  );
}

export function Fellows({ own: { activity, base } }: { own: OwnPledge }) {
  const asked = useAsked<PledgeFellows>(`/pledges/${activity.id}/fellows`);
  return (
    <>
      <BackLink to={base} />
      {asked.value && <p class="over">{asked.value.cell}</p>}
      <Title>{t("pledge.fellows")}</Title>
      {!asked.value && <Waiting asked={asked} />}
      {asked.value && <p class="hint">{t("pledge.fellows.told", { day: day(asked.value.decided_on) })}</p>}
      {asked.value && !asked.value.fellows.length && <p class="empty" data-testid="no-fellows">{t("pledge.fellows.none")}</p>}
      {asked.value && asked.value.fellows.length > 0 && (
        <nav class="rows card" aria-label={t("pledge.fellows")}>
          {asked.value.fellows.map((one) => <a key={one.pledge} href={`#${base}/fellow/${one.pledge}`} data-testid="fellow"><strong>{one.name}</strong><small>{t("pledge.fellows.count", { n: one.deeds })}</small></a>)}
        </nav>
      )}
    </>
  );
}

export function FellowDeeds({ own: { activity, base }, id }: { own: OwnPledge; id: string }) {
  const asked = useAsked<PledgeDeeds>(`/pledges/${activity.id}/fellows/${encodeURIComponent(id)}`);
  return (
    <>
      <BackLink to={`${base}/fellows`} />
      {!asked.value && <Waiting asked={asked} />}
      {asked.value && (
        <>
          <p class="over">{t("pledge.fellow.over")}</p>
          <Title>{asked.value.name}</Title>
          <p class="hint">{t("pledge.fellow.told")}</p>
          {asked.value.items.map((item) => (
            <article key={item.id} class="card" data-testid="fellow-deed">
              <span class="deed-tags"><ThemeTag theme={item.theme} />{item.due && <span class="due">{t("pledge.due.on", { day: day(item.due) })}</span>}</span>
              <p><strong>{item.what}</strong></p>
              <p class="measure">{item.measure || t("pledge.measure.none")}</p>
            </article>
          ))}
        </>
      )}
    </>
  );
}
