// The sync engine: the only place that talks to the network for deeds. Every kind of activity uses it through these names.
//   net.ts    is the node there      push.ts   deeds up         pull.ts   changes down      cycle.ts  the round they make
//   field.ts  what only a team in the field needs (its list, photos, export and relay); fetched when first needed
import { kick } from "./cycle";
import { listen } from "./net";

export { kick, perform, performed } from "./cycle";
export { net, portal, probe, type Net } from "./net";
export { activitiesMoved } from "./pull";
export { deliver, envelope, pushAll } from "./push";

export const observe = (): void => listen(kick);
