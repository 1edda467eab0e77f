/** What the driver's own tool says of the GPUs; machines without it have none as far as we know. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const timeoutMs = 5000;

export interface GpuReading {
  /** Share of the last sample period in which a kernel ran, 0 to 100. */
  readonly utilisationPercent: number;
  /** 10⁶ bytes in use, by all processes. */
  readonly memoryMb: number;
  /** NaN where the card does not tell. */
  readonly powerWatts: number;
}

/** How many GPUs the driver lists; 0 without a driver. */
export async function countGpus(): Promise<number> {
  try {
    const { stdout } = await run("nvidia-smi", ["-L"], { timeout: timeoutMs });
    return stdout.split("\n").filter((line) => /^GPU \d+:/.test(line)).length;
  } catch {
    return 0;
  }
}

const mebibyte = 1.048576;

/** Reads a GPU by its index or UUID, as in CUDA_VISIBLE_DEVICES; undefined when the tool or the card is not there. */
export async function readGpu(gpu: string): Promise<GpuReading | undefined> {
  try {
    const fields = "utilization.gpu,memory.used,power.draw";
    const { stdout } = await run("nvidia-smi", ["-i", gpu, `--query-gpu=${fields}`, "--format=csv,noheader,nounits"], {
      timeout: timeoutMs,
    });
    // "[N/A]" where a card does not measure something.
    const [utilisation, memory, power] = stdout.trim().split(",").map(Number);
    if (utilisation === undefined || memory === undefined || power === undefined) return undefined;
    return { utilisationPercent: utilisation, memoryMb: memory * mebibyte, powerWatts: power };
  } catch {
    return undefined;
  }
}
