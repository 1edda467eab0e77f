import type { GpuWatch } from "../gpu/gpu-watch.ts";
import { phases, type PhaseSeconds } from "./stopwatch.ts";
import type { Recorder } from "./recorder.ts";

const everyMs = 1000;

/** Records what this process uses, about once a second. These series measure the machine: they differ between equal runs. */
export class SystemMeter {
  readonly #recorder: Recorder;
  readonly #gpu: Pick<GpuWatch, "take"> | undefined;
  #at: number;
  #step: number;
  #cpu = process.cpuUsage();

  /** `gpu`: the card that the run is on, when it is on one. */
  constructor(recorder: Recorder, step: number, now: number, gpu?: Pick<GpuWatch, "take">) {
    this.#gpu = gpu;
    this.#recorder = recorder;
    this.#step = step;
    this.#at = now;
  }

  /**
   * Adds a point to each series at the last update, when it is time. `step`: updates done. `cpu-percent` is of one core,
   * `memory-mb` the resident memory in 10⁶ bytes, `seconds-*` the time of each phase over the whole run; `gpu-*` are of the whole card.
   */
  sampleIfDue(step: number, seconds: PhaseSeconds, now: number): void {
    const passed = now - this.#at;
    if (passed < everyMs || step === this.#step) return;
    const { user, system } = process.cpuUsage(this.#cpu);
    const add = (key: string, value: number): void => this.#recorder.add(`system/${key}`, step - 1, value);
    add("cpu-percent", (user + system) / (10 * passed));
    add("memory-mb", process.memoryUsage.rss() / 1e6);
    add("steps-per-second", (1000 * (step - this.#step)) / passed);
    for (const phase of phases) add(`seconds-${phase}`, seconds[phase]);
    const gpu = this.#gpu?.take();
    if (gpu) {
      add("gpu-percent", gpu.utilisationPercent);
      add("gpu-memory-mb", gpu.memoryMb);
      if (Number.isFinite(gpu.powerWatts)) add("gpu-watts", gpu.powerWatts);
    }
    this.#cpu = process.cpuUsage();
    this.#step = step;
    this.#at = now;
  }
}
