import { createHash } from "node:crypto";
import type { Json } from "@etude/catalog";
import type { BackendName } from "@etude/contracts";
import type * as tfc from "@tensorflow/tfjs-core";
import { type Counters, freshCounters } from "./counters.ts";
import type { Prepared } from "./prepare.ts";

/** What a checkpoint holds beside tensors; JSON in the file. */
interface Header {
  readonly version: 1;
  readonly backend: BackendName;
  readonly step: number;
  readonly schedule: Json;
  readonly counters: Counters;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export interface Checkpoint extends Omit<Header, "version" | "tensors"> {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/** A checkpoint cannot be used; the message says why. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

const magic = Buffer.from("ETUDECP1");

/** Lists all tensors of a run by name. */
function namedTensors({ session, moving }: Prepared): [string, tfc.Tensor][] {
  const { weights } = session.model;
  const perWeight = (prefix: string, list: readonly tfc.Tensor[] | null): [string, tfc.Tensor][] =>
    list ? weights.map(({ name }, i) => [`${prefix}/${name}`, list[i]!]) : [];
  return [
    ...weights.map(({ name, variable }): [string, tfc.Tensor] => [`weight/${name}`, variable]),
    ...Object.entries(moving.optimizer).map(([name, tensor]): [string, tfc.Tensor] => [`optimizer/${name}`, tensor]),
    ...perWeight("previous", moving.previous),
    ...perWeight("rate", moving.rates),
  ];
}

/** JSON has no Infinity or NaN, which a validation loss may be. */
const keepNonFinite = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? { nonFinite: String(value) } : value;
const reviveNonFinite = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "nonFinite" in value ? Number(value.nonFinite) : value;

/**
 * Returns the run between two updates as bytes: magic, u32 length of a JSON header, the header, then every tensor as
 * little-endian float32 in the header's order, then the sha256 of all that.
 */
export async function encodeCheckpoint(prepared: Prepared, backend: BackendName): Promise<Buffer> {
  const { session, moving, counters } = prepared;
  const tensors = namedTensors(prepared);
  const values = await session.read(tensors.map(([, tensor]) => tensor));
  const header: Header = {
    version: 1,
    backend,
    step: moving.step,
    schedule: moving.schedule,
    counters,
    tensors: tensors.map(([name, { shape }]) => ({ name, shape })),
  };
  const json = Buffer.from(JSON.stringify(header, keepNonFinite));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const body = values.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  const content = Buffer.concat([magic, length, json, ...body]);
  return Buffer.concat([content, createHash("sha256").update(content).digest()]);
}

/** Returns what encodeCheckpoint wrote. Throws CheckpointError when the bytes are damaged or of another version. */
export function decodeCheckpoint(bytes: Buffer): Checkpoint {
  const start = magic.length + 4;
  if (bytes.length < start + 32 || !bytes.subarray(0, magic.length).equals(magic)) {
    throw new CheckpointError("the file is not a checkpoint of this program, or its beginning is lost");
  }
  const content = bytes.subarray(0, -32);
  if (!createHash("sha256").update(content).digest().equals(bytes.subarray(-32))) {
    throw new CheckpointError("the file is damaged: its checksum does not match its content");
  }
  const body = start + bytes.readUInt32LE(magic.length);
  const header = JSON.parse(content.toString("utf8", start, body), reviveNonFinite) as Header;
  let at = body;
  const tensors = new Map(
    header.tensors.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const values = new Float32Array(size);
      Buffer.from(values.buffer).set(content.subarray(at, at + 4 * size));
      at += 4 * size;
      return [name, { shape, values }] as const;
    }),
  );
  return { ...header, tensors };
}

/**
 * Lets a freshly prepared run go on from another run's checkpoint: with its weights, and with the optimizer's state
 * where both optimizers keep the same. The schedule starts anew. Returns whether the optimizer's state was taken over.
 */
export function continueFromCheckpoint(prepared: Prepared, checkpoint: Checkpoint): boolean {
  const { session, moving, counters } = prepared;
  const { tf, model, optimizer } = session;
  const fresh = moving.schedule;
  const names = Object.keys(moving.optimizer);
  const stored = [...checkpoint.tensors.keys()].filter((name) => name.startsWith("optimizer/"));
  const same = names.length === stored.length && names.every((name) => checkpoint.tensors.has(`optimizer/${name}`));
  const known = new Map(
    [...checkpoint.tensors].filter(([name]) => name.startsWith("weight/") || (same && name.startsWith("optimizer/"))),
  );
  const { optimizer: initial } = moving;
  if (!same) moving.optimizer = {};
  restoreCheckpoint(prepared, { ...checkpoint, tensors: known });
  if (!same) {
    tf.dispose(Object.values(initial));
    // Some optimizers start from where the weights are.
    const weights = model.weights.map(({ name, variable }) => ({ name, shape: variable.shape, value: variable }));
    moving.optimizer = tf.tidy(() => optimizer.start(tf, weights));
  }
  moving.schedule = fresh;
  const { examples, forwardPasses, firstLoss } = checkpoint.counters;
  Object.assign(counters, freshCounters(), { examples, forwardPasses, firstLoss });
  return same;
}

/** Puts a freshly prepared run where the checkpoint was taken. Throws CheckpointError when it is of another run. */
export function restoreCheckpoint({ session, moving, counters }: Prepared, checkpoint: Checkpoint): void {
  const { tf, model } = session;
  const made = (name: string, shape: readonly number[]): tfc.Tensor => {
    const stored = checkpoint.tensors.get(name);
    if (!stored || stored.shape.join() !== shape.join()) {
      const found = stored ? `[${stored.shape.join(", ")}]` : "nothing";
      throw new CheckpointError(
        `the checkpoint is of another model: ${name} should be [${shape.join(", ")}], is ${found}`,
      );
    }
    return tf.tensor(stored.values, [...shape], "float32");
  };
  const perWeight = (prefix: string): tfc.Tensor[] | null =>
    [...checkpoint.tensors.keys()].some((name) => name.startsWith(`${prefix}/`))
      ? model.weights.map(({ name, variable }) => made(`${prefix}/${name}`, variable.shape))
      : null;
  for (const { name, variable } of model.weights) {
    const value = made(`weight/${name}`, variable.shape);
    variable.assign(value);
    value.dispose();
  }
  const initial = moving.optimizer;
  moving.optimizer = Object.fromEntries(
    Object.entries(initial).map(([name, { shape }]) => [name, made(`optimizer/${name}`, shape)]),
  );
  tf.dispose(Object.values(initial));
  moving.previous = perWeight("previous");
  moving.rates = perWeight("rate");
  moving.schedule = checkpoint.schedule;
  moving.step = checkpoint.step;
  Object.assign(counters, checkpoint.counters);
}
