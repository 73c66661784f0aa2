// Routes live in the hash: the node then serves one file, and a reload without signal lands on the same screen.
import { live } from "./lib/live";

const read = (): string => decodeURI(location.hash.slice(1)) || "/";
export const route = live(read());

export function watchRoute(): void {
  addEventListener("hashchange", () => route.set(read()));
}

export function go(path: string, replace = false): void {
  if (replace) history.replaceState(null, "", `#${path}`);
  else location.hash = path;
  route.set(read());
}
