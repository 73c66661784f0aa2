// Whose idea it is: the own share and those of the others, which make a hundred together. Each of the others says yes on the
// own phone; who did is not dropped by another.
import { uuid7 } from "../../lib/ids";
import { t } from "../../text";
import { Button, Field } from "../../ui/parts";
import { equalShares, sumOf } from "./state";

export interface Share {
  id: string;
  name: string;
  share: string; // as typed
}

interface Props {
  share: string;
  others: Share[];
  agreed: string[]; // those who said yes
  most: number;
  onShares: (change: { share?: string; others?: Share[] }) => void;
}

export function Authors({ share, others, agreed, most, onShares }: Props) {
  const change = (id: string, more: Partial<Share>) => onShares({ others: others.map((one) => (one.id === id ? { ...one, ...more } : one)) });
  const sum = sumOf({ share: Number(share) || 0, others: others.map((one) => ({ ...one, share: Number(one.share) || 0 })) });
  function evenly(list: Share[]): void {
    const [mine, ...rest] = equalShares(list.length + 1);
    onShares({ share: String(mine), others: list.map((one, at) => ({ ...one, share: String(rest[at]) })) });
  }
  return (
    <div data-testid="authors">
      <h3>{t("idea.authors")}</h3>
      <p class="hint">{t("idea.authors.text")}</p>
      {others.length > 0 && <Percent label={t("idea.share.own")} value={share} onValue={(own) => onShares({ share: own })} testid="share-own" />}
      {others.map((one, at) => (
        <div key={one.id} class="figure" data-testid="co-author">
          <Field label={t("idea.author.name", { n: at + 2 })} autocomplete="off" maxLength={80} value={one.name} onValue={(name) => change(one.id, { name })} data-testid="co-author-name" />
          <Percent label={t("idea.share")} value={one.share} onValue={(part) => change(one.id, { share: part })} testid="co-author-share" />
          {agreed.includes(one.id) ? <p class="hint">{t("idea.author.agreed-stays")}</p> : <Button look="quiet" data-testid="drop-author" onClick={() => evenly(others.filter(({ id }) => id !== one.id))}>{t("idea.author.drop")}</Button>}
        </div>
      ))}
      {others.length > 0 && <p class={sum === 100 ? "hint" : "error"} role="status" data-testid="share-sum">{t(sum === 100 ? "idea.share.sum" : "idea.share.wrong", { n: sum })}</p>}
      <div class="actions">
        {others.length + 1 < most && <Button look="plain" data-testid="add-author" onClick={() => evenly([...others, { id: uuid7(), name: "", share: "0" }])}>{t("idea.author.add")}</Button>}
        {others.length > 0 && sum !== 100 && <Button look="quiet" onClick={() => evenly(others)}>{t("idea.share.even")}</Button>}
      </div>
    </div>
  );
}

const Percent = ({ label, value, onValue, testid }: { label: string; value: string; onValue: (value: string) => void; testid: string }) => (
  <Field class="short" label={label} inputMode="numeric" autocomplete="off" maxLength={3} value={value} onValue={(typed) => onValue(String(Math.min(100, Number(typed.replace(/\D/g, "")) || 0)))} data-testid={testid} />
);
