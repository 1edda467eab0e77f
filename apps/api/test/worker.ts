import { channels, encodePoints, type PointColumns, type Ring, type Run } from "@etude/contracts";
import type { Recorder } from "@etude/db";
import type { Api } from "./harness.ts";

/** Stands for a supervisor: claims a run, commits points, then rings. */
export class Worker {
  readonly #api: Pick<Api, "db" | "bus">;
  readonly run: Run;
  readonly attempt: number;
  readonly #recorder: Recorder;

  private constructor(api: Pick<Api, "db" | "bus">, run: Run, attempt: number, recorder: Recorder) {
    this.#api = api;
    this.run = run;
    this.attempt = attempt;
    this.#recorder = recorder;
  }

  /** Takes the run's next attempt. */
  static async claim(api: Pick<Api, "db" | "bus">, runId: string, leaseMs = 60_000): Promise<Worker> {
    const waiting = await api.db.runs.get(runId);
    const job = { runId: waiting.id, attempt: waiting.attempt + 1 };
    const claim = await api.db.runs.claim(job, { worker: "test", leaseMs });
    if (claim === null) throw new Error(`run ${runId} could not be claimed`);
    const recorder = await api.db.openRecorder(runId, claim.attempt, { leaseMs });
    if (recorder === "lost") throw new Error("the claim was lost");
    const worker = new Worker(api, claim.run, claim.attempt, recorder);
    worker.#ring({ type: "changed", runId: claim.run.id });
    if (claim.rewoundTo !== null)
      worker.#ring({ type: "rewound", runId: claim.run.id, attempt: claim.attempt, step: claim.rewoundTo });
    return worker;
  }

  /** Commits points of series; rings unless told to be quiet. */
  async record(
    series: Record<string, (step: number) => number>,
    from: number,
    to: number,
    quiet = false,
  ): Promise<void> {
    const steps = Float64Array.from({ length: to - from }, (_, i) => from + i);
    this.#recorder.push(
      Object.entries(series).map(([key, value]): PointColumns => ({ key, steps, values: steps.map(value) })),
    );
    const flushed = await this.#recorder.flush();
    if (flushed === "lost") throw new Error("the run was lost");
    const { piece, ...span } = flushed;
    if (!quiet)
      this.#ring(
        { type: "appended", runId: this.run.id, attempt: this.attempt, from: span.from, to: span.to },
        encodePoints(piece),
      );
  }

  /** Registers a checkpoint before `step`. */
  async checkpoint(step: number, sha256 = step.toString(16).padStart(64, "0")): Promise<void> {
    const file = { step, file: `${step}.ckpt`, sha256, bytes: 1 };
    if ((await this.#recorder.registerCheckpoint(file)) === "lost") throw new Error("the run was lost");
  }

  async log(message: string): Promise<void> {
    await this.#api.db.history.appendLog(this.run.id, this.attempt, [{ level: "info", message }]);
    this.#ring({ type: "logged", runId: this.run.id });
  }

  async finish(): Promise<void> {
    await this.#api.db.runs.finish(this.run.id, this.attempt, { outcome: "completed" });
    this.#ring({ type: "changed", runId: this.run.id });
  }

  #ring(ring: Ring, frame?: Uint8Array): void {
    const message = { header: JSON.stringify(ring), ...(frame === undefined ? {} : { frame }) };
    this.#api.bus.publish(channels.run(this.run.id), message);
  }
}
