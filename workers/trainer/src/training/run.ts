import { setImmediate as nextTurn } from "node:timers/promises";
import type { Failure, FromTrainer, ToTrainer, TrainingSpec } from "@etude/contracts";
import { modelOf } from "@etude/catalog";
import { chooseBackend, type ChosenBackend, NoBackendError } from "../backends/choose.ts";
import { GpuWatch } from "../gpu/gpu-watch.ts";
import {
  type Checkpoint,
  CheckpointError,
  continueFromCheckpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  restoreCheckpoint,
} from "./checkpoint.ts";
import { readCheckpointFile, removeCheckpointFile, writeCheckpointFile } from "./checkpoint-file.ts";
import { InvalidDataError, loadData } from "./data.ts";
import { train, type TrainingEnd } from "./loop.ts";
import { Outbox } from "./outbox.ts";
import { prepare, type Prepared, UnfitError } from "./prepare.ts";
import { Recorder } from "./recorder.ts";
import { SystemMeter } from "./system-meter.ts";

type Start = Extract<ToTrainer, { type: "training-start" }>;

/** Longest time in which the event loop does not get its turn. */
const breatheEveryMs = 20;

/** One run in this process: everything from the start message to the end message. */
export class TrainingRun {
  readonly #start: Start;
  readonly #spec: TrainingSpec;
  readonly #send: (message: FromTrainer) => void;
  readonly #recorder = new Recorder();
  readonly #outbox: Outbox;
  readonly #written = new Map<number, string>();
  #request: "cancel" | "pause" | undefined;
  #breathedAt = performance.now();

  constructor(start: Start, spec: TrainingSpec, send: (message: FromTrainer) => void) {
    this.#start = start;
    this.#spec = spec;
    this.#send = send;
    this.#outbox = new Outbox(send, this.#recorder, start.flushEveryMs, performance.now());
  }

  /** Handles a message that arrives while the run goes on. */
  receive(message: Exclude<ToTrainer, Start>): void {
    switch (message.type) {
      case "flush-interval":
        this.#outbox.flushEveryMs = message.ms;
        break;
      case "points-acknowledged":
        this.#outbox.acknowledge(message.batch);
        break;
      case "checkpoint-registered":
        this.#dropOlderThan(message.step);
        break;
      case "training-cancel":
        this.#interrupt("cancel");
        break;
      case "training-pause":
        this.#interrupt("pause");
        break;
    }
  }

  /**
   * Trains to the end and sends every message, `training-end` last. Returns whether this process is fit for another
   * run: after an unexpected error tensors may be left behind.
   */
  async execute(): Promise<boolean> {
    let prepared: Prepared | undefined;
    let end: TrainingEnd | { outcome: "failed"; failure: Failure; summary: null };
    let fit = true;
    try {
      const resumed = this.#start.resume && decodeCheckpoint(await readCheckpointFile(this.#start.resume));
      const chosen = await this.#choose(resumed);
      const tensors = chosen.started.tf.memory().numTensors;
      prepared = await this.#prepare(chosen, resumed);
      end = await this.#train(prepared, chosen);
      this.#outbox.flush(prepared.moving.step, performance.now());
      prepared.dispose();
      const left = chosen.started.tf.memory().numTensors - tensors;
      if (left > 0) {
        this.#log("warn", `${left} tensors were left behind; this process ends after the run`);
        fit = false;
      }
    } catch (error) {
      if (error instanceof RestartNeeded) {
        this.#send({ type: "restart-needed", why: error.message });
        return true;
      }
      const failure = failureOf(error, prepared?.moving.step);
      this.#outbox.flush(prepared?.moving.step ?? 0, performance.now());
      end = { outcome: "failed", failure, summary: null };
      // These are refusals before the first update: nothing was left behind.
      fit = error instanceof CheckpointError || failure.reason === "no-backend" || failure.reason === "invalid-data";
      if (!fit && error instanceof Error) this.#log("error", error.stack ?? error.message);
    }
    this.#send({ type: "training-end", ...end });
    return fit;
  }

  #interrupt(request: "cancel" | "pause"): void {
    if (this.#request !== "cancel") this.#request = request;
    this.#outbox.wake();
  }

  /**
   * A resumed run goes on where it began: another backend would give other bits. One that continues another run has
   * bits of its own. Throws RestartNeeded.
   */
  async #choose(resumed: Checkpoint | null): Promise<ChosenBackend> {
    const spec = this.#spec;
    const { kernels } = modelOf(spec.model);
    const best = await chooseBackend(spec.backend, kernels);
    const own = resumed && resumed.step !== spec.continueFrom?.step;
    if (!own || best.report.name === resumed.backend) return best;
    try {
      return await chooseBackend(resumed.backend, kernels);
    } catch (error) {
      if (!(error instanceof NoBackendError)) throw error;
      const here = `${best.report.name} would go on with other numbers, so the run starts again`;
      throw new RestartNeeded(`the run began on ${resumed.backend}, which is not to be had here; ${here}`);
    }
  }

  async #prepare({ started, report }: ChosenBackend, resumed: Checkpoint | null): Promise<Prepared> {
    const spec = this.#spec;
    const { curves, policy, inputs } = this.#start;
    if (spec.continueFrom && !resumed)
      throw new InvalidDataError(`the checkpoint of run ${spec.continueFrom.run} that this run continues is gone`);
    const data = await loadData(spec.dataset, inputs);
    const { tf, readsAtOnce } = started;
    const prepared = await prepare({ tf, readsAtOnce, spec, data, curves, policy, breathe: () => this.#breathe() });
    try {
      if (resumed) this.#restore(prepared, resumed);
    } catch (error) {
      prepared.dispose();
      throw error;
    }
    this.#send({
      type: "training-started",
      backend: report,
      horizon: prepared.horizon,
      parameters: prepared.parameters,
      groups: prepared.session.model.groups,
    });
    return prepared;
  }

  #restore(prepared: Prepared, checkpoint: Checkpoint): void {
    const { continueFrom, optimizer } = this.#spec;
    if (checkpoint.step !== continueFrom?.step) return restoreCheckpoint(prepared, checkpoint);
    const kept = continueFromCheckpoint(prepared, checkpoint);
    const state = kept ? "with its optimizer's state" : `and ${optimizer.kind} starts anew there`;
    this.#log("info", `goes on from step ${checkpoint.step} of run ${continueFrom.run}, ${state}`);
  }

  #train(prepared: Prepared, { started }: ChosenBackend): Promise<TrainingEnd> {
    const { moving, counters } = prepared;
    const gpu =
      started.name === "tensorflow-gpu" ? new GpuWatch(process.env["CUDA_VISIBLE_DEVICES"] ?? "0") : undefined;
    const meter = new SystemMeter(this.#recorder, moving.step, performance.now(), gpu);
    const trained = train(prepared, {
      recorder: this.#recorder,
      now: () => performance.now(),
      interrupted: () => this.#request,
      afterUpdate: async () => {
        const now = performance.now();
        meter.sampleIfDue(moving.step, counters.phases, now);
        this.#outbox.flushIfDue(moving.step, now);
        if (!this.#outbox.hasRoom) await this.#outbox.room();
      },
      save: async () => {
        const { step } = moving;
        const { runId, folder } = this.#start;
        const bytes = await encodeCheckpoint(prepared, started.name);
        const written = await writeCheckpointFile(folder, runId, step, bytes);
        this.#written.set(step, written.file);
        this.#outbox.flush(step, performance.now());
        this.#send({ type: "checkpoint-written", ...written });
      },
    });
    return trained.finally(() => gpu?.stop());
  }

  #dropOlderThan(step: number): void {
    for (const [at, file] of this.#written) {
      if (at >= step) continue;
      this.#written.delete(at);
      removeCheckpointFile(file).catch((error: Error) => this.#log("warn", `${file} stays: ${error.message}`));
    }
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathedAt < breatheEveryMs) return;
    await nextTurn();
    this.#breathedAt = performance.now();
  }

  #log(level: "info" | "warn" | "error", message: string): void {
    this.#send({ type: "log", level, message });
  }
}

/** The run cannot keep its numbers from the checkpoint on. */
class RestartNeeded extends Error {
  override readonly name = "RestartNeeded";
}

const memoryErrors = /out of memory|memory access out of bounds|allocation failed|invalid array buffer length|\boom\b/i;

function failureOf(error: unknown, step: number | undefined): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const at = step === undefined ? {} : { step };
  if (error instanceof NoBackendError) return { reason: "no-backend", message };
  if (error instanceof InvalidDataError || error instanceof UnfitError) return { reason: "invalid-data", message };
  return memoryErrors.test(message) ? { reason: "out-of-memory", message, ...at } : { reason: "error", message, ...at };
}
