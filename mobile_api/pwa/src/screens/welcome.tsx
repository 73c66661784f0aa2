import { useEffect, useState } from "preact/hooks";
import { language } from "../api/http";
import { go } from "../route";
import { setLanguage } from "../settings";
import { allPersons, current } from "../store/persons";
import { t } from "../text";
import { Logo } from "../ui/logo";
import { Banner, Button, Title } from "../ui/parts";
import { useNode } from "../ui/shell";
import { useLive } from "../ui/use";

export const erased = { done: false };

export function Welcome() {
  const person = useLive(current);
  const node = useNode();
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (person) return go("/home", true);
    void allPersons().then((all) => (all.length && !erased.done ? go("/persons", true) : setReady(true)));
  }, [person]);
  if (!ready) return null;
  return (
    <div class="welcome">
      {erased.done && <Banner tone="info" testid="erased">{t("erase.done")}</Banner>}
      <div class="hero"><Logo size={112} /></div>
      <Title>{t("welcome.title")}</Title>
      <p>{t("welcome.text")}</p>
      <ul class="points">
        <li>{t("welcome.point.free")}</li>
        <li>{t("welcome.point.less")}</li>
        <li>{t("welcome.point.offline")}</li>
      </ul>
      <Button class="wide" data-testid="begin" onClick={() => [(erased.done = false), go("/sign-in")]}>{t("welcome.start")}</Button>
      <Button look="quiet" class="wide" lang={language.get() === "vi" ? "en" : "vi"} onClick={() => void setLanguage(language.get() === "vi" ? "en" : "vi")}>{t("app.lang")}</Button>
      <a class="button quiet wide" href="#/verify" data-testid="open-verify">{t("welcome.verify")}</a>
      {node && <p class="hint centre">{t("welcome.commune", { name: node.name })}</p>}
    </div>
  );
}
