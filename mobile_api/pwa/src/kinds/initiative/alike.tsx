// Published ideas like the words being typed: to learn from, or to see that it is there already. Without signal there is
// nothing to see, and nobody waits for it.
import { useEffect, useState } from "preact/hooks";
import type { IdeaAlike } from "../../api/types";
import { t } from "../../text";
import { tellMine, type OwnIdeas } from "./use-ideas";

const PAUSE_MS = 900; // nobody asks the node for every letter
const LEAST = 12;
const MOST = 900;
const SHOWN = 3;

function useAlike(activity: string, words: string): IdeaAlike[] {
  const [found, setFound] = useState<IdeaAlike[]>([]);
  const asked = words.replace(/\s+/g, " ").trim().slice(0, MOST);
  useEffect(() => {
    let alive = true;
    if (asked.length < LEAST) return void setFound([]);
    const look = () => tellMine<{ alike: IdeaAlike[] }>(`/initiatives/${activity}/alike`, { text: asked }).then(({ alike }) => alive && setFound(alike), () => undefined);
    const timer = setTimeout(() => void look(), PAUSE_MS);
    return () => void [(alive = false), clearTimeout(timer)];
  }, [asked]);
  return found;
}

export function Alike({ own: { activity, base }, words }: { own: OwnIdeas; words: string }) {
  const found = useAlike(activity.id, words);
  return (
    <div role="status">
      {found.length > 0 && (
        <section class="banner info alike" data-testid="alike">
          <strong>{t("idea.alike")}</strong>
          <ul class="points">{found.slice(0, SHOWN).map((one) => <li key={one.id}><a href={`#${base}/published/${one.id}`}>{one.title}</a>{one.code && <small> · {one.code}</small>}</li>)}</ul>
          <p>{t("idea.alike.text")}</p>
        </section>
      )}
    </div>
  );
}
