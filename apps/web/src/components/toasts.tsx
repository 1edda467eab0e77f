import { useEffect, useSyncExternalStore } from "react";
import { Listeners } from "../live/listeners.ts";
import { Problem } from "./problem.tsx";

interface Toast {
  readonly id: number;
  readonly text?: string;
  readonly error?: unknown;
}

const shownMs = 6000;
let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Listeners();

function change(next: readonly Toast[]): void {
  toasts = next;
  listeners.notify();
}

const dismiss = (id: number): void => change(toasts.filter((toast) => toast.id !== id));

/** Says something for a few seconds. */
export const say = (text: string): void => change([...toasts, { id: nextId++, text }]);

/** Shows an error until it is dismissed. */
export const sayError = (error: unknown): void => change([...toasts.slice(-2), { id: nextId++, error }]);

function ToastBox({ toast }: { readonly toast: Toast }) {
  useEffect(() => {
    if (toast.error !== undefined) return undefined;
    const timer = setTimeout(() => dismiss(toast.id), shownMs);
    return () => clearTimeout(timer);
  }, [toast]);
  const close = (
    <button type="button" className="quiet" onClick={() => dismiss(toast.id)}>
      Dismiss
    </button>
  );
  if (toast.error !== undefined) {
    return (
      <div className="panel stack">
        <Problem error={toast.error} />
        <div>{close}</div>
      </div>
    );
  }
  return (
    <div className="panel row spread">
      <span>{toast.text}</span>
      {close}
    </div>
  );
}

/** What was said lately, in the corner. */
export function Toasts() {
  const all = useSyncExternalStore(listeners.add, () => toasts);
  return (
    <div className="toasts" aria-live="polite">
      {all.map((toast) => (
        <ToastBox key={toast.id} toast={toast} />
      ))}
    </div>
  );
}
