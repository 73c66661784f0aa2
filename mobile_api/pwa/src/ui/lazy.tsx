// Screens that are not needed at the first sight come when they are opened (the service worker keeps them all for later).
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../text";
import { Failed, Loading } from "./parts";

export function lazily<P extends object>(bring: () => Promise<ComponentType<P>>): ComponentType<P> {
  let found: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [, draw] = useState(0);
    const [failed, setFailed] = useState(false);
    const load = () => {
      setFailed(false);
      bring().then((screen) => [(found = screen), draw((n) => n + 1)], () => setFailed(true));
    };
    useEffect(() => {
      if (!found) load();
    }, []);
    if (found) {
      const Screen = found;
      return <Screen {...props} />;
    }
    return failed ? <Failed text={t("net.cannot")} again={load} /> : <Loading />;
  };
}
