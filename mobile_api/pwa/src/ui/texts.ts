// The consent texts of the node, as they are to be shown and read out. Apart from the consent screens: others need only the words.
import { readConsentTexts, recallPublic } from "../api/calls";
import { language } from "../api/http";
import type { ConsentText } from "../api/types";
import { useRead, type Read } from "./read";

export function useTexts(): Read<ConsentText[]> {
  return useRead(readConsentTexts, () => recallPublic<ConsentText[]>(`consent-texts-${language.get()}`), language.get());
}
