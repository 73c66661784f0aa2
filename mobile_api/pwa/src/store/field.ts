// The rows a team in the field keeps on the phone. Every key begins with "<person>:", as two members may share a phone.
import type { DBSchema } from "idb";
import type { HouseholdOut, TeamOut } from "../api/types";
import type { Kept } from "./vault";

export interface HouseholdRow {
  key: string; // "<person>:<household>"
  row: HouseholdOut | null; // null: it was here and is another team's now; kept so that an old own deed does not bring it back
  evicted: { reason: string; team: string | null } | null; // it leaves when nothing about it waits any more
}

export interface PhotoRow {
  key: string; // "<person>:<sha256 of the bytes>"
  digest: string;
  size: number;
  added_ms: number;
  arrived: number; // how much of it the node has, as far as we know
  state: "waiting" | "sent" | "refused";
  reason: string | null;
  tries: number;
  held: boolean; // the bytes are still on this phone
  paper?: boolean; // a PDF, kept as it is
}

export interface RelayRow {
  key: string; // "<person who carries it>:<session>:<iv>": the same file taken twice is one row
  session: string;
  iv: string;
  sealed: string;
  added_ms: number;
  state: "waiting" | "sent" | "refused";
  taken: number;
  refused: number;
  reason: string | null;
}

export interface BytesRow {
  key: string; // as in PhotoRow
  bytes: Uint8Array<ArrayBuffer>;
}

export interface FieldRows extends DBSchema {
  households: { key: string; value: Kept<HouseholdRow> };
  staging: { key: string; value: Kept<HouseholdRow> }; // a list on its way; it takes the place of the old one only when it is whole
  photos: { key: string; value: PhotoRow };
  bytes: { key: string; value: Kept<BytesRow> }; // of the photos, apart: counting them must not read them
  relays: { key: string; value: RelayRow };
}

// In the store `known`, beside what else is known: the team and where the last whole list came from.
export interface TeamView {
  at: number;
  cursor: number;
  hash: string;
  count: number;
  etag: string | null;
  stale: boolean; // the node said that something about the team changed
  teams: TeamOut[];
}

export const TEAM = "team";

// The numbers of another node's change log say nothing: the list stays in use and is fetched whole as soon as it can be.
export const forgotten = (view: TeamView): TeamView => ({ ...view, cursor: 0, hash: "", etag: null, stale: true });
