// Nobody appears on a board unasked. Who wants to, chooses the name; and goes again with one press.
import { useState } from "preact/hooks";
import { hideBoardName, readMe, recallMine, showBoardName } from "../api/calls";
import type { Me } from "../api/types";
import { current } from "../store/persons";
import { activitiesMoved } from "../sync";
import { t } from "../text";
import { BackLink, Banner, Button, Check, Failed, Field, Loading, Title } from "../ui/parts";
import { problemText } from "../ui/problems";
import { useRead } from "../ui/read";
import { useLive } from "../ui/use";
import { useTexts } from "../ui/texts";
import { ConsentBody } from "./consent";

export function BoardNameScreen({ activity }: { activity: string }) {
  const person = useLive(current)!;
  const me = useRead(readMe, () => recallMine<Me>("me"), person.token);
  return (
    <>
      <BackLink to={activity ? `/activity/${activity}/boards` : "/me"} />
      <Title>{t("boardname.title")}</Title>
      {!me.value ? (me.error ? <Failed text={me.error} again={() => void me.again()} /> : <Loading />)
        : me.value.age_group !== "adult" ? <Banner testid="board-name-minor">{t("boardname.minor")}</Banner>
        : <Choice key={me.value.board_name ?? ""} me={me.value} again={me.again} />}
    </>
  );
}

function Choice({ me, again }: { me: Me; again: () => Promise<void> }) {
  const [note, setNote] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function run(work: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    setNote(null);
    await work().then(again, (failure) => setNote(problemText(failure)));
    activitiesMoved.set(activitiesMoved.get() + 1); // boards shown elsewhere are old now
    setBusy(false);
  }
  return (
    <>
      {note && <Banner tone="bad" alert>{note}</Banner>}
      {me.board_name ? <Showing name={me.board_name} busy={busy} onHide={() => void run(hideBoardName)} />
        : <Agree busy={busy} onShow={(name, version) => void run(() => showBoardName(name, version))} />}
    </>
  );
}

function Showing({ name, busy, onHide }: { name: string; busy: boolean; onHide: () => void }) {
  return (
    <section class="card">
      <p>{t("boardname.now")}</p>
      <p class="big" data-testid="board-name">{name}</p>
      <p class="hint">{t("boardname.now.text")}</p>
      <Button look="plain" class="wide" busy={busy} data-testid="board-name-hide" onClick={onHide}>{t("boardname.hide")}</Button>
    </section>
  );
}

function Agree({ busy, onShow }: { busy: boolean; onShow: (name: string, version: number) => void }) {
  const texts = useTexts();
  const text = texts.value?.find((one) => one.purpose === "board_name");
  const [name, setName] = useState("");
  const [ticked, setTicked] = useState(false); // never ticked beforehand: silence is not consent
  const [pressed, setPressed] = useState(false);
  if (!text) return texts.error || texts.value ? <Failed text={texts.error ?? t("problem.unknown")} again={() => void texts.again()} /> : <Loading />;
  const chosen = name.trim().normalize("NFC");
  function agree(event: Event): void {
    event.preventDefault();
    setPressed(true);
    if (chosen.length >= 2 && ticked && text) onShow(chosen, text.version);
  }
  return (
    <form onSubmit={agree} noValidate>
      <ConsentBody text={text} />
      <Field label={t("boardname.name")} hint={t("boardname.name.hint")} error={pressed && chosen.length < 2 ? t("boardname.name.bad") : null} value={name} onValue={setName} autocomplete="off" maxLength={40} data-testid="board-name-input" />
      <Check label={t("boardname.check")} checked={ticked} onChecked={setTicked} testid="consent-check" error={pressed && !ticked ? t("consent.check.first") : null} />
      <Button type="submit" class="wide" busy={busy} data-testid="board-name-show">{t("boardname.show")}</Button>
      <p class="hint">{t("boardname.free")}</p>
    </form>
  );
}
