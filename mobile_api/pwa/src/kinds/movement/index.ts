import type { CardWords, PhoneKind } from "..";
import type { ActivityCard } from "../../api/types";
import { lazily } from "../../ui/lazy";

const nothing = async (): Promise<void> => undefined; // what waits is sent by src/sync, whatever screen is open

const card = ({ campaign, mine }: ActivityCard): CardWords => ({ short: campaign.summary, act: (mine.state as string) === "none" ? "card.act.see" : "card.act.running", tag: null, links: [] });

export const movement: PhoneKind = { kind: "movement", Screen: lazily(() => import("./movement-screens").then((found) => found.MovementScreens)), wake: nothing, rest: nothing, card };
