import { useEffect, useState } from "preact/hooks";
import type { Live } from "../lib/live";

export function useLive<T>(source: Live<T>): T {
  const [value, setValue] = useState(source.get());
  useEffect(() => {
    setValue(() => source.get()); // it may have moved between drawing and watching
    return source.watch((next) => setValue(() => next));
  }, [source]);
  return value;
}
