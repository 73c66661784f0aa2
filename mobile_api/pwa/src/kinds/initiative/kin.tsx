// An author says who of the council is family, so that this member does not judge. Nobody else is told.
import { useState } from "preact/hooks";
import { t } from "../../text";
import { Button, Check } from "../../ui/parts";
import { bodyOf, isRefused, ownRows, type Idea } from "./state";
import { useAct, type OwnIdeas } from "./use-ideas";

const BEFORE_JUDGED = ["received", "returned", "valid", "judging"];

export function Kin({ own, idea }: { own: OwnIdeas; idea: Idea }) {
  const me = idea.authors.find((one) => one.me && one.id);
  const judges = own.mine?.judges ?? [];
  const said = kinSaid(own, me?.id ?? "");
  const [chosen, setChosen] = useState(said);
  const { busy, act } = useAct(own.activity.id);
  if (!me || me.withdrawn || !judges.length || idea.track === "small" || !BEFORE_JUDGED.includes(idea.state)) return null;
  const added = chosen.filter((one) => !said.includes(one));
  return (
    <details class="card more" data-testid="kin">
      <summary>{t("idea.kin")}</summary>
      <p class="hint">{t("idea.kin.text")}</p>
      {judges.map(({ id, name }) => <Check key={id} label={name} checked={chosen.includes(id)} onChecked={(on) => setChosen(on || said.includes(id) ? [...new Set([...chosen, id])] : chosen.filter((one) => one !== id))} />)}
      {added.length > 0 && <Button look="plain" busy={busy} data-testid="save-kin" onClick={() => void act("author", { author: me.id, agrees: true, kin: chosen })}>{t("idea.save")}</Button>}
    </details>
  );
}

// As far as it was said on this phone; the node tells it to nobody.
function kinSaid({ rows, activity }: OwnIdeas, author: string): string[] {
  const told = ownRows(rows, activity.id).filter((row) => row.action === "initiative.author" && !isRefused(row)).map((row) => bodyOf<{ author: string; kin?: string[] }>(row));
  return [...new Set(told.filter((one) => one.author === author).flatMap((one) => one.kin ?? []))];
}
