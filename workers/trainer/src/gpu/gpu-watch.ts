import { type GpuReading, readGpu } from "./nvidia-smi.ts";

const everyMs = 2000;

/** Keeps the newest reading of one GPU; reading it takes longer than an update, so nobody waits for it. */
export class GpuWatch {
  readonly #gpu: string;
  #timer: NodeJS.Timeout | undefined;
  /** The newest reading that was not taken yet. */
  #reading: GpuReading | undefined;

  constructor(gpu: string) {
    this.#gpu = gpu;
    void this.#read();
  }

  async #read(): Promise<void> {
    const reading = await readGpu(this.#gpu);
    // Without the tool there is nothing to come back for.
    if (!reading) return;
    this.#reading = reading;
    this.#timer ??= setInterval(() => void this.#read(), everyMs).unref();
  }

  /** Returns the newest reading once. */
  take(): GpuReading | undefined {
    const reading = this.#reading;
    this.#reading = undefined;
    return reading;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
