import type { CardWords, PhoneKind } from "..";
import type { ActivityCard } from "../../api/types";
import { lazily } from "../../ui/lazy";

const nothing = async (): Promise<void> => undefined; // what waits is sent by src/sync, whatever screen is open

const card = (_card: ActivityCard): CardWords => ({ short: "", act: "me.recognition.open", tag: null, links: [] });

export const award: PhoneKind = { kind: "award", Screen: lazily(() => import("./award-screen").then((found) => found.AwardScreen)), wake: nothing, rest: nothing, card };
