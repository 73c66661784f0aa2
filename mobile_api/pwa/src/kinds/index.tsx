// One line per kind of activity this phone can show; each folder mirrors the kind of the same name on the node.
import type { ComponentType } from "preact";
import { readActivity, recallMine } from "../api/calls";
import type { Activity, ActivityCard } from "../api/types";
import { activitiesMoved } from "../sync";
import { Failed, Loading } from "../ui/parts";
import type { Key } from "../text";
import { useRead, type Read } from "../ui/read";
import { useLive } from "../ui/use";
import { award } from "./award";
import { contest } from "./contest";
import { initiative } from "./initiative";
import { movement } from "./movement";
import { pledge } from "./pledge";
import { visit } from "./visit";

export interface PhoneKind {
  kind: string;
  Screen: ComponentType<{ activity: Activity; read: Read<Activity>; rest: string }>;
  wake: (person: string) => Promise<void>; // what this kind does when the app opens or comes back to the front
  rest: (person: string) => Promise<void>; // and when it goes to the back, perhaps for good
  card: (card: ActivityCard) => CardWords;
}

// What home says of an activity of this kind, beyond its title and its dates.
export interface CardWords {
  short: string;
  act: Key; // on the big button
  tag: string | null; // where the person stands
  links: [where: string, word: Key][]; // pages of the activity besides its first
}

const KINDS: PhoneKind[] = [contest, visit, pledge, initiative, movement, award];

// Of a kind this version does not know, home still shows the title and the dates.
export function cardWords(card: ActivityCard): CardWords {
  return KINDS.find((one) => one.kind === card.kind)?.card(card) ?? { short: card.campaign.summary, act: "card.act.see", tag: null, links: [] };
}

export async function wakeKinds(person: string): Promise<void> {
  for (const kind of KINDS) await kind.wake(person);
}

export async function restKinds(person: string): Promise<void> {
  for (const kind of KINDS) await kind.rest(person);
}

export function ActivityScreen({ id, rest }: { id: string; rest: string }) {
  const turn = useLive(activitiesMoved);
  const read = useRead(() => readActivity(id), () => recallMine<Activity>(`activity:${id}`), `${id}:${turn}`);
  if (!read.value) return read.error ? <Failed text={read.error} again={read.again} /> : <Loading />;
  const kind = KINDS.find((one) => one.kind === read.value?.kind);
  return kind ? <kind.Screen activity={read.value} read={read} rest={rest} /> : null;
}
