// Fields for longer words and for a choice out of few.
import { useId } from "preact/hooks";
import { t, type Key } from "../text";

export interface AreaProps {
  label: string;
  hint?: string | null;
  error?: string | null;
  value: string;
  onValue: (value: string) => void;
  most: number;
  rows?: number;
  testid: string;
}

const NEARLY_FULL = 60;

// How much room is left is said when it gets tight, not before; `left` is the sentence for it, with {n}.
export function Area({ label, hint, error, value, onValue, most, rows = 3, testid, left }: AreaProps & { left: Key }) {
  const id = useId();
  const room = most - value.length;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      <textarea id={id} rows={rows} maxLength={most} data-testid={testid} value={value} aria-invalid={error ? true : undefined} aria-describedby={hint ? `${id}-hint` : undefined} onInput={(event) => onValue(event.currentTarget.value)} />
      {room < NEARLY_FULL && <p class="hint" role="status">{t(left, { n: room })}</p>}
      {error && <p class="error" role="alert">{error}</p>}
    </div>
  );
}

interface SelectProps {
  label: string;
  hint?: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onValue: (value: string) => void;
  testid: string;
}

export function Select({ label, hint, value, options, onValue, testid }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && <p class="hint">{hint}</p>}
      <select id={id} value={value} data-testid={testid} onChange={(event) => onValue(event.currentTarget.value)}>
        {options.map(([code, name]) => <option key={code} value={code} selected={code === value}>{name}</option>)}
      </select>
    </div>
  );
}
