import { useEffect, useRef } from "react";
import type { Signal } from "../chart/types.ts";

/** Figures on the page need not change more often than eyes can follow. */
const everyMs = 100;
/** Also without new points: a pace must fall when nothing arrives. */
const atLeastEveryMs = 1000;

/**
 * Calls `write` after points changed, at most ten times a second, and once a second in any case. `write` puts figures
 * straight into elements, so that points never pass through React.
 */
export function useReadout(signal: Signal, write: () => void): void {
  const latest = useRef(write);
  useEffect(() => {
    latest.current = write;
    write();
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        latest.current();
      }, everyMs);
    };
    const stop = signal.subscribe(soon);
    const regular = setInterval(soon, atLeastEveryMs);
    return () => {
      stop();
      clearTimeout(timer);
      clearInterval(regular);
    };
  }, [signal]);
}
