import { useEffect } from "preact/hooks";
import { language } from "./api/http";
import { ActivityScreen } from "./kinds";
import { go, route } from "./route";
import { Home } from "./screens/home";
import { Persons } from "./screens/persons";
import { SignIn } from "./screens/sign-in";
import { Welcome } from "./screens/welcome";
import { current } from "./store/persons";
import { lazily } from "./ui/lazy";
import { Shell } from "./ui/shell";
import { useLive } from "./ui/use";

// What is not seen at the first opening comes later.
const later = () => import("./screens/later");
const ConsentScreen = lazily(() => later().then((all) => all.ConsentScreen));
const Me = lazily(() => later().then((all) => all.Me));
const Receipts = lazily(() => later().then((all) => all.Receipts));
const BoardNameScreen = lazily(() => later().then((all) => all.BoardNameScreen));
const seldom = () => import("./screens/seldom");
const JoinScreen = lazily(() => seldom().then((all) => all.JoinScreen));
const Guardian = lazily(() => seldom().then((all) => all.Guardian));
const Erase = lazily(() => seldom().then((all) => all.Erase));
const Insurance = lazily(() => import("./screens/insurance").then((found) => found.Insurance));
const RecognitionScreen = lazily(() => import("./screens/recognition").then((found) => found.RecognitionScreen));
const VerifyScreen = lazily(() => import("./screens/verify").then((found) => found.VerifyScreen));
const CertificateScreen = lazily(() => later().then((all) => all.CertificateScreen));

const OPEN = ["/", "/sign-in", "/persons", "/verify"]; // what somebody who is not signed in may see

export function App() {
  const path = useLive(route);
  const person = useLive(current);
  const lang = useLive(language);
  const [, name = "", id = "", rest = ""] = path.split("/");
  const lost = !person && !OPEN.includes(`/${name}`);
  useEffect(() => {
    if (lost) go("/", true);
    scrollTo(0, 0);
  }, [lost, path]);
  return (
    <Shell key={`${lang}:${person?.id}`} bare={name === "activity" && rest === "paper"}>
      <Screen key={path} name={lost ? "" : name} id={id} rest={rest} />
    </Shell>
  );
}

function Screen({ name, id, rest }: { name: string; id: string; rest: string }) {
  switch (name) {
    case "sign-in": return <SignIn />;
    case "persons": return <Persons />;
    case "home": return <Home />;
    case "receipts": return <Receipts />;
    case "me": return <Me />;
    case "insurance": return <Insurance />;
    case "erase": return <Erase />;
    case "activity": return <ActivityScreen id={id} rest={rest} />;
    case "consent": return <ConsentScreen activity={id} purpose={rest} />;
    case "class": return <JoinScreen activity={id} what="class" />;
    case "join": return <JoinScreen activity={id} what="group" />;
    case "guardian": return <Guardian activity={id} />;
    case "board-name": return <BoardNameScreen activity={id} />;
    case "recognition": return <RecognitionScreen entry={id} />;
    case "verify": return <VerifyScreen />;
    case "certificate": return <CertificateScreen activity={id} />;
    default: return <Welcome />;
  }
}
