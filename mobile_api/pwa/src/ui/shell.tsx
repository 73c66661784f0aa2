import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { readNode, recallPublic } from "../api/calls";
import type { Node_ } from "../api/types";
import { current } from "../store/persons";
import { t, type Key } from "../text";
import { Logo } from "./logo";
import { Button } from "./parts";
import { lazily } from "./lazy";
import { LostNote, StatusStrip } from "./status";
import { unitTitle } from "./units";
import { UpdateNote } from "./updates";
import { useLive } from "./use";
import { go, route } from "../route";

const Former = lazily(() => import("../screens/former").then((found) => found.Former));

export function useNode(): Node_ | undefined {
  const [node, setNode] = useState<Node_>();
  useEffect(() => {
    void recallPublic<Node_>("node").then((held) => held && setNode((now) => now ?? held));
    void readNode().then(setNode, () => undefined);
  }, []);
  return node;
}

const TABS: [path: string, key: Key, testid: string, icon: string][] = [
  ["/home", "nav.home", "open-home", "M4 11.5 12 4l8 7.5V20h-5.5v-5.5h-5V20H4z"],
  ["/receipts", "nav.receipts", "open-receipts", "M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9 8.5h6M9 12.5h6"],
  ["/me", "nav.me", "open-me", "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-4 3.6-6 7.5-6s6.7 2 7.5 6"],
];

// `bare` is for a running paper: nothing to press by mistake except what belongs to the paper.
export function Shell({ bare, children }: { bare?: boolean; children: ComponentChildren }) {
  const person = useLive(current);
  const node = useNode();
  const path = useLive(route);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => [event.preventDefault(), document.getElementById("main")?.focus()]}>{t("app.skip")}</a>
      <header>
        <div class="bar">
          <a class="brand" href="#/"><Logo size={30} /> {t("app.name")}</a>
          {node && <span class="commune">{unitTitle(node.commune)}</span>}
        </div>
        {node?.mode === "demo" && <p class="demo" data-testid="demo-banner">{t("app.demo")}</p>}
        {person && <StatusStrip />}
        <UpdateNote />
      </header>
      <main id="main" tabIndex={-1} class={bare ? "bare" : ""}>
        <LostNote />
        {person?.former?.length ? <Former /> : null}
        {person?.revoked && path !== "/sign-in" && <Revoked />}
        {children}
      </main>
      {person && !bare && (
        <nav class="tabs" aria-label={t("nav.label")}>
          {TABS.map(([to, key, testid, icon]) => (
            <a key={to} href={`#${to}`} data-testid={testid} aria-current={path.startsWith(to) ? "page" : undefined}>
              <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d={icon} /></svg>
              {t(key)}
            </a>
          ))}
        </nav>
      )}
    </>
  );
}

function Revoked() {
  return (
    <div class="banner warn" role="alert">
      <strong>{t("revoked.title")}</strong>
      <p>{t("revoked.text")}</p>
      <Button look="plain" onClick={() => go("/sign-in")}>{t("revoked.go")}</Button>
    </div>
  );
}
