import type { Signal } from "../chart/types.ts";

/** One signal for several: it fires when any of them does. */
export const mergeSignals = (signals: readonly Signal[]): Signal => ({
  subscribe(listener) {
    const stops = signals.map((signal) => signal.subscribe(listener));
    return () => stops.forEach((stop) => stop());
  },
});
