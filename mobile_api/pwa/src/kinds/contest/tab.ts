// One tab at a time works on a paper. Nothing would be lost with two (they share one database), but the person would be.
import { useEffect, useRef, useState } from "preact/hooks";

export type Tab = "asking" | "mine" | "other";
const AGAIN_MS = 300; // a page that is just being reloaded gives its lock back a moment late

export interface Hold {
  take(): void;
  release(): void;
}

export function holdPaper(attempt: string, say: (tab: Tab) => void, locks: LockManager | null = navigator.locks ?? null): Hold {
  if (!locks) return { take: () => undefined, release: (say("mine"), () => undefined) }; // plain http: no locks, and no harm
  const name = `lantoa-paper-${attempt}`;
  let free = () => {};
  let gone = false;
  const ask = (options: LockOptions, tries: number): void => {
    const held = (lock: Lock | null): Promise<void> | undefined => {
      if (gone) return;
      if (lock) return say("mine"), new Promise<void>((done) => (free = done));
      if (!tries) return say("other"), undefined;
      setTimeout(() => gone || ask(options, tries - 1), AGAIN_MS);
    };
    locks.request(name, options, held).catch(() => gone || say("other")); // another tab took it
  };
  ask({ ifAvailable: true }, 1);
  return { take: () => ask({ steal: true }, 0), release: () => [(gone = true), free()] as unknown as void };
}

export function useTab(attempt: string | undefined): { tab: Tab; take: () => void } {
  const [tab, setTab] = useState<Tab>("asking");
  const hold = useRef<Hold | null>(null);
  useEffect(() => {
    if (!attempt) return;
    setTab("asking");
    const mine = (hold.current = holdPaper(attempt, setTab));
    return () => mine.release();
  }, [attempt]);
  return { tab, take: () => hold.current?.take() };
}
