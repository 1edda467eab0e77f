import { useSyncExternalStore } from "react";
import { formatAge, formatInstant } from "../format/time.ts";

const everyMs = 5000;
let nowMs = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all ages on the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, everyMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago, with the moment itself on hover. */
export function Age({ at }: { readonly at: string }) {
  const now = useSyncExternalStore(subscribe, () => nowMs);
  return (
    <time dateTime={at} title={formatInstant(at)} className="nowrap">
      {formatAge(at, Math.max(now, Date.now() - everyMs))}
    </time>
  );
}
