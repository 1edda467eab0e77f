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

interface Props {
  readonly at: string;
  /** Within a sentence: "5 min ago". */
  readonly ago?: boolean;
}

/** How long ago, with the moment itself on hover. */
export function Age({ at, ago = false }: Props) {
  const now = useSyncExternalStore(subscribe, () => nowMs);
  const age = formatAge(at, Math.max(now, Date.now() - everyMs));
  return (
    <time dateTime={at} title={formatInstant(at)} className="nowrap">
      {ago && age !== "now" ? `${age} ago` : age}
    </time>
  );
}
