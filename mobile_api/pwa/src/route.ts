// Routes live in the hash: the node then serves one file, and a reload without signal lands on the same screen.
import { live } from "./lib/live";

const read = (): string => decodeURI(location.hash.slice(1)) || "/";
export const route = live(read());

export function watchRoute(): void {
  addEventListener("hashchange", () => route.set(read()));
  route.set(read()); // somebody may have gone elsewhere while the app was still starting
}

export function go(path: string, replace = false): void {
  // A screen that sends on speaks for itself only: where the person has gone meanwhile is not replaced, its event is on the way.
  if (replace && read() !== route.get()) return;
  if (replace) history.replaceState(null, "", `#${path}`);
  else location.hash = path;
  route.set(read());
}
