import type { FinishSpec, JsonNumber } from "@etude/contracts";
import type { z } from "zod";

type FinishInput = z.input<typeof FinishSpec>;

/** Points of a series as they wait: `from` counts from the logger's own first one, or from its last rewind. */
export interface SpooledSeries {
  readonly key: string;
  readonly from: number;
  readonly steps: readonly number[];
  readonly values: readonly z.output<typeof JsonNumber>[];
}

/** What a logger has to tell the server, in order. */
export type SpoolRecord =
  | { readonly type: "points"; readonly series: readonly SpooledSeries[] }
  | { readonly type: "rewind"; readonly toStep: number }
  | { readonly type: "finish"; readonly body: FinishInput };

/** Where the server stands after all that was acknowledged. */
export interface Sent {
  readonly runId: string;
  readonly attempt: number;
  /** By series: ordinal on the server of the point that is 0 here. */
  readonly base: Readonly<Record<string, number>>;
}

/** What was logged: by series how many points, and the last step; steps before `floor` were taken back. */
export interface Logged {
  readonly floor: number;
  readonly series: Readonly<Record<string, { readonly n: number; readonly last: number }>>;
}

export const nothingLogged: Logged = { floor: -Number.MAX_VALUE, series: {} };

export interface SpoolState {
  /** Makes creating the run safe to repeat, also by a later process. */
  readonly idempotencyKey: string;
  readonly logged: Logged;
  /** Null until the server has answered once. */
  readonly sent: Sent | null;
}

/** Keeps records until the server has them. Used by one logger at a time; its calls are answered in order. */
export interface Spool {
  /** What an earlier logger left. */
  open(): Promise<SpoolState>;
  /** Rejects when the record could not be kept; call it again. */
  append(record: SpoolRecord): Promise<void>;
  /** The oldest records not acknowledged, up to about `maxPoints` points. */
  peek(maxPoints: number): Promise<readonly SpoolRecord[]>;
  /** The server has the first `count` of them. */
  acknowledge(count: number, sent: Sent): Promise<void>;
  /** Keeps records as the process ends, when nothing can be awaited any more. */
  appendAtExit?(records: readonly SpoolRecord[]): void;
  close(): Promise<void>;
}

export const pointsIn = (record: SpoolRecord): number =>
  record.type === "points" ? record.series.reduce((sum, { steps }) => sum + steps.length, 0) : 1;

/** How many of the first records have `maxPoints` points together; one at least. */
export function fitting(points: readonly number[], maxPoints: number): number {
  let sum = 0;
  const end = points.findIndex((n, i) => (sum += n) > maxPoints && i > 0);
  return end < 0 ? points.length : end;
}

/** What is logged once this record is. */
export function afterRecord(logged: Logged, record: SpoolRecord): Logged {
  if (record.type === "rewind") return { floor: record.toStep, series: {} };
  if (record.type === "finish") return logged;
  const series = { ...logged.series };
  for (const { key, from, steps } of record.series)
    series[key] = { n: from + steps.length, last: steps.at(-1) ?? series[key]?.last ?? logged.floor };
  return { ...logged, series };
}

/** A spool in memory: an outage costs memory, and the end of the process what was not sent. */
export function memorySpool(): Spool {
  let records: SpoolRecord[] = [];
  return {
    open: () => Promise.resolve({ idempotencyKey: crypto.randomUUID(), logged: nothingLogged, sent: null }),
    append: (record) => Promise.resolve(void records.push(record)),
    peek: (maxPoints) => Promise.resolve(records.slice(0, fitting(records.slice(0, 1000).map(pointsIn), maxPoints))),
    acknowledge: (count) => Promise.resolve(void (records = records.slice(count))),
    close: () => Promise.resolve(),
  };
}
