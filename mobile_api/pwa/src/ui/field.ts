// What the screens of the field draw from; they redraw when the list, the outbox, a photo or a carried file moves.
import { useEffect, useState } from "preact/hooks";
import { households, photosOf, relaysOf, teamView, fieldMoved, type HouseholdLine, type PhotoRow, type RelayRow, type TeamView } from "../sync/field";
import { outboxMoved } from "../store/outbox";
import { current } from "../store/persons";
import { useLive } from "./use";

function useFound<T>(find: (person: string) => Promise<T>, none: T): T {
  const turn = `${useLive(fieldMoved)}:${useLive(outboxMoved)}`;
  const person = useLive(current)?.id;
  const [found, setFound] = useState(none);
  useEffect(() => {
    let alive = true;
    void (person ? find(person) : Promise.resolve(none)).then((value) => alive && setFound(() => value), () => undefined); // the next move tries again
    return () => void (alive = false);
  }, [turn, person]);
  return found;
}

const UNREAD = { rows: [] as HouseholdLine[], loading: true };

export const useHouseholds = (): { rows: HouseholdLine[]; loading: boolean } => useFound(async () => ({ rows: await households(), loading: false }), UNREAD);
export const useTeam = (): TeamView | null | undefined => useFound<TeamView | null | undefined>(teamView, undefined);
export const useRelays = (): RelayRow[] => useFound(relaysOf, NO_RELAYS);
export const usePhotos = (): PhotoRow[] => useFound(photosOf, NO_PHOTOS);

const NO_RELAYS: RelayRow[] = [];
const NO_PHOTOS: PhotoRow[] = [];
