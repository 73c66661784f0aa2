import { useEffect, useState } from "preact/hooks";
import { searchUnits } from "../api/calls";
import type { LevelUnit, Unit } from "../api/types";
import { fold, matches } from "../lib/fold";
import { PUBLIC, recall, remember } from "../store/known";
import { capital, t } from "../text";
import { Field } from "./parts";

const SHOWN = 5; // more would push the rest of the form out of sight; typing narrows quickly

// The level word is data (xóm, thôn, bản, tổ dân phố); some names already carry it.
export function unitTitle(unit: Pick<LevelUnit, "name" | "level_word">): string {
  const word = unit.level_word;
  if (!word || fold(unit.name).startsWith(`${fold(word)} `)) return unit.name;
  return `${capital(word)} ${unit.name}`;
}

async function find(query: string): Promise<Unit[]> {
  try {
    const found = await searchUnits(query);
    if (!query) await remember(PUBLIC, "units", found);
    return found;
  } catch {
    return ((await recall<Unit[]>(PUBLIC, "units")) ?? []).filter((unit) => matches(unitTitle(unit), query));
  }
}

function useUnits(query: string): Unit[] | null {
  const [units, setUnits] = useState<Unit[] | null>(null);
  useEffect(() => {
    let alive = true;
    const timer = setTimeout(() => void find(query.trim()).then((found) => alive && setUnits(found)), query ? 250 : 0);
    return () => [(alive = false), clearTimeout(timer)] as unknown as void;
  }, [query]);
  return units;
}

export function UnitPicker({ chosen, onChosen, error }: { chosen: LevelUnit | null; onChosen: (unit: LevelUnit | null) => unknown; error?: string | null }) {
  const [query, setQuery] = useState("");
  const units = useUnits(query);
  if (chosen) {
    return (
      <div class="field">
        <span class="label">{t("new.unit")}</span>
        <div class="chosen">
          <strong>{unitTitle(chosen)}</strong>
          <button type="button" class="button quiet" onClick={() => onChosen(null)}>{t("unit.change")}</button>
        </div>
      </div>
    );
  }
  return (
    <div>
      <Field label={t("unit.search")} hint={t("unit.hint")} error={error} value={query} onValue={setQuery} type="search" autocomplete="off" data-testid="unit-search" />
      <Results units={units} onChosen={onChosen} />
    </div>
  );
}

function Results({ units, onChosen }: { units: Unit[] | null; onChosen: (unit: Unit) => unknown }) {
  if (!units) return <p class="hint">{t("app.loading")}</p>;
  return (
    <>
      <p class="visually-hidden" role="status">{t("unit.found", { n: units.length })}</p>
      {!units.length && <p class="hint">{t("unit.none")}</p>}
      <ul class="choices">
        {units.slice(0, SHOWN).map((unit) => (
          <li key={unit.id}>
            <button type="button" class="choice" data-testid="unit-option" onClick={() => onChosen(unit)}>
              <span>{unitTitle(unit)}</span>
              {unit.parent_name && <small>{unit.parent_name}</small>}
            </button>
          </li>
        ))}
      </ul>
      {units.length > SHOWN && <p class="hint">{t("unit.more")}</p>}
    </>
  );
}
