// What others have found out: published ideas, the newest first, to be searched without marks.
import { useEffect, useState } from "preact/hooks";
import type { IdeaCard } from "../../api/types";
import { live } from "../../lib/live";
import { recallMine } from "../../api/calls";
import { remember } from "../../store/known";
import { current } from "../../store/persons";
import { count, t } from "../../text";
import { BackLink, Banner, Button, Failed, Field, Loading, Title } from "../../ui/parts";
import { problemText } from "../../ui/problems";
import { useLive } from "../../ui/use";
import { named } from "./pieces";
import { Select } from "../../ui/area";
import { askMine, type OwnIdeas } from "./use-ideas";

interface Shelf {
  initiatives: IdeaCard[];
  more: boolean;
}

const PAUSE_MS = 500;
const wanted = live({ words: "", track: "" }); // back from one of them, the list stands as it was left

function useShelf(activity: string, words: string, track: string) {
  const [shelf, setShelf] = useState<Shelf | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [page, setPage] = useState(1);
  const [turn, setTurn] = useState(0);
  const plain = !words && !track;
  useEffect(() => setPage(1), [words, track]);
  useEffect(() => {
    let alive = true;
    const query = new URLSearchParams({ page: String(page), ...(words && { q: words }), ...(track && { track }) });
    const got = (found: Shelf) => {
      if (!alive) return;
      setShelf((before) => (page > 1 && before ? { ...found, initiatives: [...before.initiatives, ...found.initiatives] } : found));
      setFailed(null);
      if (plain && page === 1) void remember(current.get()!.id, `idea-shelf:${activity}`, found).catch(() => undefined);
    };
    const not = async (error: unknown) => {
      const held = plain ? await recallMine<Shelf>(`idea-shelf:${activity}`) : undefined;
      if (alive) [setFailed(problemText(error)), setShelf((before) => before ?? held ?? null)];
    };
    const timer = setTimeout(() => void askMine<Shelf>(`/initiatives/${activity}?${query}`).then(got, not), words ? PAUSE_MS : 0);
    return () => void [(alive = false), clearTimeout(timer)];
  }, [words, track, page, turn]);
  return { shelf, failed, further: () => setPage(page + 1), again: () => setTurn(turn + 1) };
}

export function Gallery({ own: { activity, base } }: { own: OwnIdeas }) {
  const now = useLive(wanted);
  const { shelf, failed, further, again } = useShelf(activity.id, now.words.trim(), now.track);
  return (
    <>
      <BackLink to={base} />
      <Title>{t("idea.gallery")}</Title>
      <p>{t("idea.gallery.how")}</p>
      <Field label={t("idea.gallery.search")} type="search" autocomplete="off" maxLength={200} value={now.words} onValue={(words) => wanted.set({ ...now, words })} data-testid="gallery-search" />
      <Select label={t("idea.gallery.track")} value={now.track} testid="gallery-track" onValue={(track) => wanted.set({ ...now, track })} options={[["", t("idea.gallery.any")], ["formal", t("idea.track.formal")], ["small", t("idea.track.small")]]} />
      {failed && (shelf ? <Banner testid="offline-note">{failed}</Banner> : <Failed text={failed} again={again} />)}
      {!shelf && !failed && <Loading />}
      {shelf && !shelf.initiatives.length && <p class="empty">{t(now.words ? "idea.gallery.none-found" : "idea.gallery.none")}</p>}
      {shelf && <ul class="houses ideas" data-testid="gallery">{shelf.initiatives.map((one) => <CardLine key={one.id} card={one} base={base} />)}</ul>}
      {shelf?.more && <Button look="plain" class="wide" data-testid="gallery-more" onClick={further}>{t("idea.gallery.more")}</Button>}
    </>
  );
}

function CardLine({ card, base }: { card: IdeaCard; base: string }) {
  return (
    <li>
      <a href={`#${base}/published/${card.id}`} data-testid="gallery-card">
        <span class="deed-tags"><Marks card={card} /></span>
        <strong>{card.title}</strong>
        <small>{byWhom(card)}</small>
        <small>{figures(card)}</small>
      </a>
    </li>
  );
}

export const Marks = ({ card }: { card: IdeaCard }) => (
  <>
    <span class={`theme ${card.track}`}>{named(`idea.track.${card.track}`)}</span>
    {[...new Set(card.scopes)].map((scope) => <span key={scope} class="tag noted">{t("idea.recognised-in", { scope: named(`idea.scope.${scope}`) })}</span>)}
  </>
);

export const byWhom = ({ authors, unit }: IdeaCard): string => [[...new Set(authors)].join(", "), unit].filter(Boolean).join(" · ");

export const figures = (card: IdeaCard): string =>
  [t("idea.stands", { n: count(card.endorsements) }), card.units_endorsing > 0 && t("idea.stands.units", { n: count(card.units_endorsing) }), card.replicated > 0 && t("idea.replicated", { n: count(card.replicated) })].filter(Boolean).join(" · ");
