import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { net } from "../sync";
import { t } from "../text";
import type { Read } from "./read";
import { useLive } from "./use";

type ButtonProps = Omit<JSX.IntrinsicElements["button"], "kind" | "icon"> & { look?: "main" | "plain" | "quiet" | "danger"; busy?: boolean };

// A busy button stays focusable: a screen reader must not lose its place while the network thinks.
export function Button({ look = "main", busy, class: extra, onClick, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button" {...rest} class={`button ${look} ${extra ?? ""}`} aria-disabled={busy || rest.disabled || undefined}
      onClick={busy ? (event: Event) => event.preventDefault() : onClick}
    >
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  error?: string | null | undefined;
  value: string;
  onValue: (value: string) => unknown;
  type?: "text" | "tel" | "search" | "password";
  inputMode?: "numeric" | "text";
  autocomplete: string;
  autocapitalize?: "characters";
  maxLength?: number;
  class?: string;
  "data-testid"?: string;
}

export function Field({ label, hint, error, onValue, class: extra, ...rest }: FieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const first = document.querySelector("[aria-invalid]"); // with several faults, the topmost is where to begin
    if (error && input.current === first) input.current?.focus();
  }, [error]);
  return (
    <div class={`field ${extra ?? ""}`}>
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      <input
        {...(rest as object)} id={id} ref={input} aria-invalid={error ? true : undefined}
        aria-describedby={[hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {error && <p class="error" id={`${id}-error`} role="alert">{error}</p>}
    </div>
  );
}

export function Check({ label, checked, onChecked, testid, error }: { label: string; checked: boolean; onChecked: (on: boolean) => void; testid?: string; error?: string | null }) {
  return (
    <>
      <label class="check">
        <input type="checkbox" checked={checked} data-testid={testid} onChange={(event) => onChecked(event.currentTarget.checked)} />
        <span>{label}</span>
      </label>
      {error && <p class="error" role="alert">{error}</p>}
    </>
  );
}

type Tone = "info" | "warn" | "bad" | "good";
export function Banner({ tone = "info", children, testid, alert }: { tone?: Tone; children: ComponentChildren; testid?: string; alert?: boolean }) {
  return <div class={`banner ${tone}`} data-testid={testid} role={alert ? "alert" : "status"}>{children}</div>;
}

// Every screen opens with its title focused, so that a screen reader starts reading there and not at the browser's bar.
export function Title({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return <h1 ref={heading} tabIndex={-1}>{children}</h1>;
}

export function Loading({ lines = 3 }: { lines?: number }) {
  return (
    <div role="status">
      <span class="visually-hidden">{t("app.loading")}</span>
      {Array.from({ length: lines }, (_, at) => <div key={at} class="bone" aria-hidden="true" />)}
    </div>
  );
}

export function Failed({ text, again }: { text: string; again: () => void }) {
  return (
    <Banner tone="warn" alert>
      <p>{text}</p>
      <Button look="plain" onClick={again}>{t("app.retry")}</Button>
    </Banner>
  );
}

// Something to show from memory is no failure: it is only said to be from memory.
export function Stale({ read }: { read: Read<unknown> }) {
  const away = useLive(net) !== "here";
  if (!read.error) return null;
  if (away && read.value !== undefined) return <Banner testid="offline-note">{t("net.note")}</Banner>;
  return <Failed text={read.error} again={() => void read.again()} />;
}

export function Progress({ value, of, label }: { value: number; of: number; label: string }) {
  return <div class="progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={of} aria-valuenow={value}><i style={{ width: `${(100 * value) / Math.max(1, of)}%` }} /></div>;
}

export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.focus({ preventScroll: true }); // back to where the keyboard was
  }, []);
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby={id} onCancel={(event) => [event.preventDefault(), onClose()]} onClick={(event) => event.target === dialog.current && onClose()}>
      <div class="sheet-body">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

export function BackLink({ to }: { to: string }) {
  return <a class="back" href={`#${to}`}><span aria-hidden="true">‹</span> {t("app.back")}</a>;
}
