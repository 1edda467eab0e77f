import { fromJsonNumbers, type PointsReceipt, type Run, type RunSpecInput } from "@etude/contracts";
import type { Client } from "./client.ts";
import type { Sent, SpooledSeries, SpoolRecord } from "./spool.ts";

/** What a logger uses of a client. */
export type LoggerClient = Pick<
  Client,
  "createRun" | "getRun" | "listSeries" | "writeFrame" | "rewindRun" | "finishRun"
>;

/** The run to log: one that exists, or a new one. */
export type LoggedRun =
  | { readonly runId: string; readonly spec?: never }
  | { readonly spec: Extract<RunSpecInput, { kind: "external" }>; readonly study?: string; readonly runId?: never };

export interface Delivered {
  /** Records that the server has now. */
  readonly count: number;
  readonly sent: Sent;
  readonly status: Run["status"];
}

/** One series of consecutive pieces. */
function joined(
  pieces: readonly SpooledSeries[],
): { key: string; from: number; steps: Float64Array; values: Float64Array }[] {
  const byKey = new Map<string, SpooledSeries[]>();
  for (const piece of pieces) byKey.set(piece.key, [...(byKey.get(piece.key) ?? []), piece]);
  return [...byKey].map(([key, parts]) => ({
    key,
    from: parts[0]?.from ?? 0,
    steps: Float64Array.from(parts.flatMap(({ steps }) => steps)),
    values: fromJsonNumbers(parts.flatMap(({ values }) => values)),
  }));
}

/** Ordinals on the server that the next local 0 stands for. */
async function basesOf(client: LoggerClient, runId: string): Promise<Record<string, number>> {
  const { series } = await client.listSeries({ runId });
  return Object.fromEntries(series.map(({ key, points }) => [key, points]));
}

/** Finds or makes the run. Safe to repeat under the same key. */
export async function connect(client: LoggerClient, run: LoggedRun, idempotencyKey: string): Promise<Sent> {
  const { id, attempt } =
    run.spec === undefined
      ? await client.getRun({ runId: run.runId })
      : await client.createRun({ body: run.spec, study: run.study, idempotencyKey });
  return { runId: id, attempt, base: run.spec === undefined ? await basesOf(client, id) : {} };
}

/** Refused points took no ordinal: later ones move up. */
function moved(base: Sent["base"], { series }: PointsReceipt): Sent["base"] {
  const late = series.filter((one) => one.late > 0).map(({ key, late: n }) => [key, (base[key] ?? 0) - n] as const);
  return late.length === 0 ? base : { ...base, ...Object.fromEntries(late) };
}

/** Sends the first records: as many as are points, or one that is something else. */
export async function deliver(client: LoggerClient, sent: Sent, records: readonly SpoolRecord[]): Promise<Delivered> {
  const { runId, attempt, base } = sent;
  const [first] = records;
  if (first?.type === "rewind") {
    const run = await client.rewindRun({ runId, body: { toStep: first.toStep } });
    const rewound = { runId, attempt: run.attempt, base: await basesOf(client, runId) };
    return { count: 1, sent: rewound, status: run.status };
  }
  if (first?.type === "finish") {
    const { status } = await client.finishRun({ runId, body: first.body });
    return { count: 1, sent, status };
  }
  const end = records.findIndex(({ type }) => type !== "points");
  const points = end < 0 ? records : records.slice(0, end);
  const series = joined(points.flatMap((record) => (record.type === "points" ? record.series : [])));
  const receipt = await client.writeFrame({
    runId,
    attempt,
    series: series.map((one) => ({ ...one, from: one.from + (base[one.key] ?? 0) })),
  });
  return { count: points.length, sent: { ...sent, base: moved(base, receipt) }, status: receipt.status };
}
