// A co-author's own yes or no. Online the idea and the share are read first; without signal the answer waits like any deed.
import { useEffect, useState } from "preact/hooks";
import { NoSignal } from "../../api/http";
import type { IdeaInvitation } from "../../api/types";
import { go } from "../../route";
import { t } from "../../text";
import { BackLink, Banner, Button, Field, Loading, Title } from "../../ui/parts";
import { problemText } from "../../ui/problems";
import { Refused } from "./home";
import { invitationIn } from "./state";
import { askMine, dropInvitation, useAct, type OwnIdeas } from "./use-ideas";

export function Invited({ own, author }: { own: OwnIdeas; author: string }) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const known = invitationIn(author);
  function look(): void {
    const found = invitationIn(typed);
    setWrong(!found);
    if (found) go(`${own.base}/invited/${found}`, true);
  }
  return (
    <>
      <BackLink to={own.base} />
      <Title>{t("idea.co-author")}</Title>
      <Refused own={own} />
      {known && <Answer own={own} author={known} />}
      {!known && (
        <>
          <p>{t("idea.invited.how")}</p>
          <Field label={t("idea.invited.code")} hint={t("idea.invited.code.hint")} autocomplete="off" maxLength={300} value={typed} onValue={(text) => [setTyped(text), setWrong(false)]} error={wrong ? t("idea.invited.code.wrong") : null} data-testid="invitation-input" />
          <Button class="wide" data-testid="invitation-look" onClick={look}>{t("idea.invited.look")}</Button>
        </>
      )}
    </>
  );
}

type Read = { told?: IdeaInvitation; failed?: string; away?: boolean };

function Answer({ own, author }: { own: OwnIdeas; author: string }) {
  const [read, setRead] = useState<Read>({});
  const { busy, failed, act } = useAct(own.activity.id);
  const said = own.view.spoken[author];
  const idea = own.view.ideas.find((one) => one.authors.some(({ id, me }) => id === author && me));
  useEffect(() => {
    askMine<IdeaInvitation>(`/initiatives/${own.activity.id}/invitations/${author}`).then((told) => setRead({ told }), (error: unknown) => setRead({ failed: problemText(error), away: error instanceof NoSignal }));
  }, [author]);
  async function answer(agrees: boolean): Promise<void> {
    if (await act("author", { author, agrees })) await dropInvitation(own.activity.id);
  }
  if (idea) return <Banner testid="invitation-mine"><p>{t("idea.invited.mine")}</p><a class="button plain" href={`#${own.base}/idea/${idea.id}`}>{t("idea.invited.see")}</a></Banner>;
  if (said !== undefined) return <Banner testid="invitation-said">{t(said ? "idea.invited.yes-said" : "idea.invited.no-said")}</Banner>;
  if (!read.told && !read.failed) return <Loading />;
  if (read.told?.answered) return <Banner tone="warn" testid="invitation-taken">{t("idea.invited.taken")}</Banner>;
  return (
    <>
      {read.told && (
        <section class="card" data-testid="invitation">
          <p class="over">{t("idea.invited.by", { name: read.told.by })}</p>
          <p class="big">{read.told.title}</p>
          <p>{t("idea.invited.share", { name: read.told.name, n: read.told.share })}</p>
        </section>
      )}
      {read.failed && <Banner tone="warn" testid="invitation-unread"><p>{read.away ? t("idea.invited.away") : read.failed}</p></Banner>}
      {(read.told || read.away) && (
        <>
          <p>{t("idea.invited.ask")}</p>
          {failed && <Banner tone="bad" alert>{failed}</Banner>}
          <div class="actions">
            <Button look="plain" busy={busy} data-testid="say-no" onClick={() => void answer(false)}>{t("idea.invited.no")}</Button>
            <Button busy={busy} data-testid="say-yes" onClick={() => void answer(true)}>{t("idea.invited.yes")}</Button>
          </div>
        </>
      )}
      {!read.told && !read.away && <a class="button plain" href={`#${own.base}/invited`}>{t("idea.invited.other")}</a>}
    </>
  );
}
