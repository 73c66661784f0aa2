import type { CardWords, PhoneKind } from "..";
import type { ActivityCard } from "../../api/types";
import { lazily } from "../../ui/lazy";

const nothing = async (): Promise<void> => undefined; // the list and what waits are looked after by src/sync, whatever screen is open

const card = ({ campaign }: ActivityCard): CardWords => ({ short: campaign.summary, act: "card.act.team", tag: null, links: [] });

export const visit: PhoneKind = { kind: "visit", Screen: lazily(() => import("./visit-screens").then((found) => found.VisitScreens)), wake: nothing, rest: nothing, card };
