import { useEffect } from "preact/hooks";
import { language } from "./api/http";
import { ActivityScreen } from "./kinds";
import { go, route } from "./route";
import { ClassScreen, ConsentScreen } from "./screens/consent";
import { Erase } from "./screens/erase";
import { Guardian } from "./screens/guardian";
import { Home } from "./screens/home";
import { Me } from "./screens/me";
import { Persons } from "./screens/persons";
import { Receipts } from "./screens/receipts";
import { SignIn } from "./screens/sign-in";
import { Welcome } from "./screens/welcome";
import { current } from "./store/persons";
import { Shell } from "./ui/shell";
import { useLive } from "./ui/use";

const OPEN = ["/", "/sign-in", "/persons"]; // what somebody who is not signed in may see

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
    case "erase": return <Erase />;
    case "activity": return <ActivityScreen id={id} rest={rest} />;
    case "consent": return <ConsentScreen activity={id} purpose={rest} />;
    case "class": return <ClassScreen activity={id} />;
    case "guardian": return <Guardian activity={id} />;
    default: return <Welcome />;
  }
}
