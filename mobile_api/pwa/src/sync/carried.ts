// What travels after the records: files carried for others, then photos. For everybody on this phone who is signed in, and
// in the service worker too; what is locked away waits for its owner. Nothing here may need a screen.
import { NoSignal } from "../api/http";
import { allPersons, type PersonRow } from "../store/persons";
import { sendRelaysOf } from "./insurance";
import { sendPhotosOf } from "./photos";

// What the node says to one person, or about one file, concerns no other; it is thrown when all had their turn.
export async function sendCarried(): Promise<void> {
  let said: unknown;
  for (const person of await allPersons()) {
    for (const send of person.token ? [sendRelaysOf, sendPhotosOf] : []) said = (await failureOf(send, person)) ?? said;
  }
  if (said) throw said;
}

async function failureOf(send: (person: PersonRow) => Promise<void>, person: PersonRow): Promise<unknown> {
  return send(person).then(() => null, (error: unknown) => {
    if (error instanceof NoSignal) throw error;
    return error;
  });
}
