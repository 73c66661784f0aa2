// How much room the phone has left, as last measured. Apart from the measuring: the strip that warns is in the first load.
import { live } from "../lib/live";

export interface Space {
  persisted: boolean;
  freeMb: number | null; // null: this browser does not say
  low: boolean;
}

export const space = live<Space | null>(null);
