// The few lines of the field that are in the first load: they look whether this person needs any of it, and only then fetch it.
import { readMe } from "../api/calls";
import type { Me } from "../api/types";
import { database } from "../store/db";
import { TEAM } from "../store/field";
import { recall } from "../store/known";
import type { PersonRow } from "../store/persons";
import { doAfterwards } from "./cycle";
import { takeAlso } from "./pull";

const field = () => import("./field");

// Right after signing in nothing is known yet, and a team that has just met in the hall should not wait a minute for its list.
async function isMember(person: string): Promise<boolean> {
  const me = (await recall<Me>(person, "me")) ?? (await readMe());
  return me.memberships.some(({ kind }) => (kind as string) === "team");
}

const told = new Set<string>(); // of whom the node said that a team of theirs changed: perhaps they have just joined one

// Of anybody who shares this phone.
const has = async (store: "photos" | "relays"): Promise<boolean> => (await (await database()).count(store)) > 0;

async function afterRound(person: PersonRow): Promise<void> {
  const inTeam = told.has(person.id) || (await isMember(person.id));
  const needed = inTeam || (await recall(person.id, TEAM)) || (await has("photos")) || (await has("relays"));
  if (needed) await (await field()).afterRound(person, inTeam);
}

export function joinRounds(): void {
  doAfterwards(afterRound);
  takeAlso({
    nouns: ["household", "team"],
    take: async (person, change) => {
      if (change.noun === "team") told.add(person.id);
      await (await field()).takeChange(person, change);
    },
    restart: async (person) => (await field()).listIsOld(person.id),
  });
}
