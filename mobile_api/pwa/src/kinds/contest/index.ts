import type { PhoneKind } from "..";
import { lazily } from "../../ui/lazy";
import { rest, wake } from "./deeds";

export const contest: PhoneKind = { kind: "contest", Screen: lazily(() => import("./screen").then((found) => found.ContestScreen)), wake, rest };
