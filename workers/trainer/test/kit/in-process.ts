import type { Data, Json } from "@etude/catalog";
import type { BackendName, TrainingSpec } from "@etude/contracts";
import { chooseBackend } from "../../src/backends/choose.ts";
import { decodeCheckpoint, encodeCheckpoint, restoreCheckpoint } from "../../src/training/checkpoint.ts";
import { loadData } from "../../src/training/data.ts";
import { train, type TrainingEnd } from "../../src/training/loop.ts";
import { prepare } from "../../src/training/prepare.ts";
import { Recorder } from "../../src/training/recorder.ts";

export interface Trained {
  readonly end: TrainingEnd;
  /** Steps and values of every series. */
  readonly history: Map<string, { steps: number[]; values: number[] }>;
  /** The run as it stood at the end. */
  readonly checkpoint: Buffer;
  /** Steps at which a checkpoint was to be written. */
  readonly saved: readonly number[];
  /** Tensors left behind after everything was freed. */
  readonly leaked: number;
}

interface Options {
  readonly backend?: BackendName;
  readonly from?: Buffer;
  /** Stops with `paused` before this update. */
  readonly pauseAt?: number;
  readonly curves?: Readonly<Record<string, ArrayLike<number>>>;
  /** Weights of the policy that the schedule names. */
  readonly policy?: Json;
  /** Instead of the spec's dataset. */
  readonly data?: Data;
}

/** Trains in this process, without files or messages. */
export async function trainHere(spec: TrainingSpec, options: Options = {}): Promise<Trained> {
  const { started } = await chooseBackend(options.backend ?? "wasm", []);
  const { tf, readsAtOnce } = started;
  const data = options.data ?? (await loadData(spec.dataset));
  const before = tf.memory().numTensors;
  const curves = options.curves ?? {};
  const prepared = await prepare({
    tf,
    readsAtOnce,
    spec,
    data,
    curves,
    policy: options.policy ?? null,
    breathe: async () => {},
  });
  if (options.from) restoreCheckpoint(prepared, decodeCheckpoint(options.from));
  const recorder = new Recorder();
  const saved: number[] = [];
  let clock = 0;
  const end = await train(prepared, {
    recorder,
    now: () => clock++,
    interrupted: () => (prepared.moving.step === options.pauseAt ? "pause" : undefined),
    afterUpdate: async () => {},
    save: async () => void saved.push(prepared.moving.step),
  });
  const checkpoint = await encodeCheckpoint(prepared, started.name);
  prepared.dispose();
  const history = new Map(
    recorder.take().map(({ key, steps, values }) => [key, { steps: [...steps], values: [...values] }]),
  );
  return { end, history, checkpoint, saved, leaked: tf.memory().numTensors - before };
}

/** Returns the values of a series; throws when it was not recorded. */
export function valuesOf({ history }: Pick<Trained, "history">, key: string): number[] {
  const series = history.get(key);
  if (!series) throw new Error(`no series ${key}; there are ${[...history.keys()].join(", ")}`);
  return series.values;
}
