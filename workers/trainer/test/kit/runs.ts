import type { BackendName, TrainingSpec } from "@etude/contracts";
import type { CheckpointFile } from "@etude/contracts";
import { type End, type Histories, historiesOf, isClock, type Trainer } from "./trainer.ts";

export interface ChildRun {
  readonly end: End;
  readonly histories: Histories;
  readonly backend: { readonly name: BackendName; readonly library: string; readonly reproducible: true | "unknown" };
  /** What the child said at level warn or error. */
  readonly complaints: readonly string[];
}

/** Trains in a trainer child to the end. Histories leave the clock out. */
export async function trainIn(
  trainer: Trainer,
  spec: TrainingSpec,
  folder: string,
  more: { resume?: CheckpointFile } = {},
): Promise<ChildRun> {
  const from = trainer.messages.length;
  trainer.start(spec, folder, more);
  const end = await trainer.until("training-end", from);
  const messages = trainer.messages.slice(from);
  const complaints = messages.flatMap((message) =>
    message.type === "log" && (message.level === "warn" || message.level === "error") ? [message.message] : [],
  );
  const started = messages.find((message) => message.type === "training-started");
  if (!started?.backend) throw new Error(`the run did not start: ${end.failure?.message} ${complaints.join("; ")}`);
  const histories = historiesOf(messages);
  for (const key of histories.keys()) if (isClock(key)) histories.delete(key);
  return { end, histories, backend: started.backend, complaints };
}

/** The largest difference of two series, relative to the larger of 1 and the second's largest value. */
export function largestGap(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity;
  const scale = Math.max(1, ...expected.map(Math.abs));
  return Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!))) / scale;
}
