import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { problemText } from "./problems";

export interface Read<T> {
  value: T | undefined;
  error: string | null;
  loading: boolean;
  again: () => Promise<void>;
}

// Draw what the phone remembers at once, then what the node says. `turn` moves when something elsewhere made it stale.
export function useRead<T>(fetchIt: () => Promise<T>, recallIt: () => Promise<T | undefined>, turn: unknown): Read<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  const alive = useRef(true);
  const again = useCallback(async () => {
    setLoading(true);
    try {
      const fresh = await fetchIt();
      if (alive.current) [setValue(() => fresh), setError(null)];
    } catch (failure) {
      const held = await recallIt().catch(() => undefined);
      if (alive.current) [held !== undefined && setValue(() => held), setError(problemText(failure))];
    }
    if (alive.current) setLoading(false);
  }, [turn]);
  useEffect(() => {
    alive.current = true;
    void recallIt().then((held) => alive.current && held !== undefined && setValue((now) => now ?? held));
    void again();
    return () => void (alive.current = false);
  }, [again]);
  return { value, error, loading, again };
}
