/** What a run spends its time on: feeding batches, forward and backward passes, the schedule, recording and sending. */
export const phases = ["data", "compute", "schedule", "record"] as const;
export type Phase = (typeof phases)[number];
export type PhaseSeconds = Record<Phase, number>;

export const noSeconds = (): PhaseSeconds => ({ data: 0, compute: 0, schedule: 0, record: 0 });

/** Adds up the seconds of each phase: one reading of the clock at the end of each, nothing else. */
export class Stopwatch {
  readonly #counters: { readonly phases: PhaseSeconds };
  #at = performance.now();

  /** Adds to `counters.phases`, also when a checkpoint replaces it. */
  constructor(counters: { readonly phases: PhaseSeconds }) {
    this.#counters = counters;
  }

  /** What passed since the last lap belongs to no phase. */
  restart(): void {
    this.#at = performance.now();
  }

  /** Gives the time since the last lap to a phase. */
  lap(phase: Phase): void {
    const now = performance.now();
    this.#counters.phases[phase] += (now - this.#at) / 1000;
    this.#at = now;
  }
}
