import type { PhoneKind } from "..";
import { closeOverdue } from "./deeds";
import { ContestScreen } from "./screen";

export const contest: PhoneKind = { kind: "contest", Screen: ContestScreen, wake: closeOverdue };
