// Who stands where: persons only once the results are settled, and by name only those who agreed; units by their rate.
import { readBoards, readMe, recallMine } from "../../api/calls";
import type { Activity, BoardLine, Boards, Me } from "../../api/types";
import { current } from "../../store/persons";
import { activitiesMoved } from "../../sync";
import { capital, count, day, percent, spell, t } from "../../text";
import { BackLink, Banner, Loading, Stale, Title } from "../../ui/parts";
import { useRead } from "../../ui/read";
import { useLive } from "../../ui/use";

export function BoardsScreen({ activity }: { activity: Activity }) {
  const person = useLive(current)!;
  const turn = useLive(activitiesMoved);
  const key = `${activity.id}:${turn}:${person.token}`;
  const boards = useRead(() => readBoards(activity.id), () => recallMine<Boards>(`boards:${activity.id}`), key);
  const me = useRead(readMe, () => recallMine<Me>("me"), key);
  return (
    <>
      <BackLink to={`/activity/${activity.id}`} />
      <p class="over">{activity.title}</p>
      <Title>{t("boards.title")}</Title>
      {!person.revoked && <Stale read={boards} />}
      {!boards.value && boards.loading && <Loading />}
      {boards.value && <Found boards={boards.value} activity={activity} me={me.value} />}
    </>
  );
}

function Found({ boards, activity, me }: { boards: Boards; activity: Activity; me: Me | undefined }) {
  const { persons, units } = boards;
  return (
    <>
      {!persons && <Banner testid={boards.settled ? "boards-few" : "boards-early"}>{t(boards.settled ? "boards.few" : "boards.early")}</Banner>}
      {persons?.mine && <MyPlace mine={persons.mine} minor={me?.age_group === "minor"} />}
      {persons && <Top persons={persons} />}
      {me?.age_group === "adult" && <Appear name={me.board_name} activity={activity.id} />}
      <Units units={units} />
      <How lines={boards.how} />
    </>
  );
}

function facts(line: BoardLine): string {
  const gap = line.gap === null ? null : line.gap === 0 ? t("boards.gap.none") : t("boards.gap", { gap: count(line.gap) });
  return [t("boards.right", { right: line.right, of: line.of }), spell(Math.ceil(line.elapsed_ms / 1_000)), gap].filter(Boolean).join(" · ");
}

type Persons = NonNullable<Boards["persons"]>;

function MyPlace({ mine, minor }: { mine: NonNullable<Persons["mine"]>; minor: boolean }) {
  return (
    <section class="card" aria-labelledby="my-place">
      <h2 id="my-place">{t("boards.mine")}</h2>
      <p class="big" data-testid="my-place">{t("contest.result.place", { place: count(mine.place), people: count(mine.of_people) })}</p>
      {mine.tie && <p>{mine.tie}</p>}
      <ol class="board" data-testid="neighbours">
        {mine.neighbours.map((line, at) => (
          <li key={`${line.place}-${at}`} class={line.is_me ? "me" : ""}>
            <b class="place">{count(line.place)}</b>
            <span><strong>{t(line.is_me ? "boards.me.line" : "boards.somebody")}</strong><small>{facts(line)}</small></span>
          </li>
        ))}
      </ol>
      <p class="hint">{t(minor ? "boards.anonymous.minor" : "boards.anonymous")}</p>
    </section>
  );
}

function Top({ persons }: { persons: Persons }) {
  return (
    <section class="card" aria-labelledby="top">
      <h2 id="top">{t("boards.top")}</h2>
      <p class="hint">{t("boards.top.text")}</p>
      {!persons.top.length && <p class="empty">{t("boards.top.none")}</p>}
      <ol class="board" data-testid="board-top">
        {persons.top.map((line) => (
          <li key={`${line.place}-${line.name}`} class={line.is_me ? "me" : ""}>
            <b class="place">{count(line.place)}</b>
            <span><strong>{line.name}{line.is_me && ` (${t("boards.me")})`}</strong><small>{facts(line)}</small></span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Appear({ name, activity }: { name: string | null; activity: string }) {
  return (
    <nav class="rows card" aria-label={t("boardname.title")}>
      <a href={`#/board-name/${activity}`} data-testid="open-board-name">
        <strong>{t(name ? "boardname.shown" : "boardname.offer")}</strong>
        <small>{name ? t("boardname.shown.as", { name }) : t("boardname.offer.text")}</small>
      </a>
    </nav>
  );
}

function Units({ units }: { units: Boards["units"] }) {
  const word = units.level_word;
  const bands = units.bands.filter((band) => band.leaders.length); // of the others there is nothing to say yet
  return (
    <section class="card" aria-labelledby="units">
      <h2 id="units">{t("boards.units", { word })}</h2>
      <p class="hint">{t("boards.units.text")}{units.counted_on && ` ${t("boards.units.on", { date: day(units.counted_on) })}`}</p>
      {units.mine && <MyUnit mine={units.mine} />}
      {!bands.length && <p class="empty">{t("boards.units.none")}</p>}
      {bands.map((band) => (
        <section key={band.title} class="band" aria-label={band.title}>
          <h3>{band.title}</h3>
          <ol class="board" data-testid="board-units">
            {band.leaders.map((unit) => (
              <li key={unit.name} class={unit.is_mine ? "me" : ""}>
                <b class="place">{unit.place}</b>
                <span>
                  <strong>{capital(unit.name)}{unit.is_mine && ` (${t("boards.units.mine")})`}</strong>
                  <Rate rate={unit.rate} />
                  <small>{unit.people === null ? percent(unit.rate / 100) : t("boards.units.people", { people: count(unit.people), headcount: count(unit.headcount), rate: percent(unit.rate / 100) })}</small>
                </span>
              </li>
            ))}
          </ol>
          {band.others > 0 && <p class="hint">{t("boards.units.others", { n: band.others, word })}</p>}
        </section>
      ))}
    </section>
  );
}

const Rate = ({ rate }: { rate: number }) => <i class="rate" aria-hidden="true"><i style={{ width: `${Math.min(100, rate)}%` }} /></i>;

function MyUnit({ mine }: { mine: NonNullable<Boards["units"]["mine"]> }) {
  const { people, headcount, rate } = mine;
  return (
    <div class="mine-unit" data-testid="my-unit">
      <strong>{capital(mine.name)}</strong> <small>{mine.band}</small>
      {mine.hidden ? <p class="hint">{t("home.hamlet.hidden")}</p>
        : people === null || headcount === null || rate === null ? <p class="hint">{t("home.hamlet.empty")}</p>
        : <><Rate rate={rate} /><p>{t("boards.units.people", { people: count(people), headcount: count(headcount), rate: percent(rate / 100) })}</p></>}
    </div>
  );
}

function How({ lines }: { lines: string[] }) {
  if (!lines.length) return null;
  return (
    <details class="card how-ranked" data-testid="how">
      <summary>{t("boards.how")}</summary>
      <ol class="rules">{lines.map((line) => <li key={line}>{line}</li>)}</ol>
    </details>
  );
}
