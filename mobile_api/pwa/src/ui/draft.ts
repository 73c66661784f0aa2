// Words not yet saved as a deed: they lie on the phone with every letter, so a call, an empty battery or a wrong tap loses nothing.
import { useEffect, useRef, useState } from "preact/hooks";
import { forget, recall, remember } from "../store/known";
import { current } from "../store/persons";

export interface Draft<T> {
  value: T;
  ready: boolean;
  found: boolean; // taken up again from an earlier time
  saved: boolean; // the last letter lies on the phone
  set: (change: Partial<T>) => void;
  drop: () => Promise<void>; // saved, or thought better of
}

export function useDraft<T extends object>(what: string, initial: T): Draft<T> {
  const [value, setValue] = useState(initial);
  const [ready, setReady] = useState(false);
  const [found, setFound] = useState(false);
  const [saved, setSaved] = useState(false);
  const now = useRef(initial);
  const last = useRef<Promise<void>>(Promise.resolve()); // one after the other: an older text must not come to lie over a newer one
  const person = current.get()!.id;
  const show = (next: T) => [(now.current = next), setValue(next)];
  useEffect(() => {
    void recall<T>(person, what).catch(() => undefined).then((held) => [held && [show({ ...initial, ...held }), setFound(true)], setReady(true)]);
  }, [what]);
  function set(change: Partial<T>): void {
    const next = { ...now.current, ...change };
    show(next);
    setSaved(false);
    last.current = last.current.then(() => (next === now.current ? remember(person, what, next).then(() => setSaved(next === now.current)) : undefined)).catch(() => undefined);
  }
  async function drop(): Promise<void> {
    show(initial);
    await last.current;
    await forget(person, what);
    setFound(false);
    setSaved(false);
  }
  return { value, ready, found, saved, set, drop };
}
