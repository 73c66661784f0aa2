import { useId } from "preact/hooks";

interface PickProps<T extends string> {
  label: string;
  hint?: string;
  options: readonly (readonly [T, string])[];
  value: T | null;
  onValue: (value: T) => void;
  testid: string;
  three?: boolean; // side by side, however long the words
  error?: string | null;
}

// One of a few, all in sight, one tap.
export function Pick<T extends string>({ label, hint, options, value, onValue, testid, error, three }: PickProps<T>) {
  const id = useId();
  return (
    <div class="field">
      <span class="label" id={id}>{label}</span>
      {hint && <p class="hint">{hint}</p>}
      <div role="group" aria-labelledby={id} class={`picks ${three ? "three" : ""}`}>
        {options.map(([code, name]) => <button key={code} type="button" aria-pressed={value === code} data-testid={`${testid}-${code}`} onClick={() => onValue(code)}>{name}</button>)}
      </div>
      {error && <p class="error" role="alert">{error}</p>}
    </div>
  );
}
