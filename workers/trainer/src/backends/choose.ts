import type { BackendName, BackendReport } from "@etude/contracts";
import type { Backend, StartedBackend } from "./backend.ts";
import { cpu } from "./cpu.ts";
import { tensorflow, tensorflowGpu } from "./native.ts";
import { wasm } from "./wasm.ts";
import { webgpu } from "./webgpu.ts";

/** All backends, best first. */
export const backends: readonly Backend[] = [tensorflowGpu, webgpu, tensorflow, wasm, cpu];

export interface ChosenBackend {
  readonly started: StartedBackend;
  readonly report: BackendReport;
}

/** No backend can run the model; the message says why for each. */
export class NoBackendError extends Error {
  override readonly name = "NoBackendError";
}

/**
 * Starts the best backend that works here and has every kernel in `kernels`, or exactly the wanted one.
 * The report names the better ones and why they were refused. Throws NoBackendError when none is left.
 */
export async function chooseBackend(
  wanted: "auto" | BackendName,
  kernels: readonly string[],
  candidates: readonly Backend[] = backends,
): Promise<ChosenBackend> {
  const refused: { name: BackendName; why: string }[] = [];
  for (const backend of candidates) {
    if (wanted !== "auto" && backend.name !== wanted) continue;
    const why = await backend.refusal();
    if (why !== undefined) {
      refused.push({ name: backend.name, why });
      continue;
    }
    try {
      const started = await backend.start();
      const missing = missingKernels(started, kernels);
      if (missing.length === 0) return { started, report: reportOf(started, refused) };
      refused.push({ name: backend.name, why: `it lacks the kernels ${missing.join(", ")}` });
    } catch (error) {
      refused.push({ name: backend.name, why: error instanceof Error ? error.message : String(error) });
    }
  }
  const reasons = refused.map(({ name, why }) => `${name}: ${why}`).join("; ");
  throw new NoBackendError(
    wanted === "auto"
      ? `no backend can train this model here (${reasons})`
      : `backend "${wanted}" cannot be used (${reasons})`,
  );
}

function missingKernels({ tf }: StartedBackend, kernels: readonly string[]): string[] {
  const current = tf.getBackend();
  return kernels.filter((kernel) => !tf.getKernel(kernel, current));
}

function reportOf(started: StartedBackend, refused: BackendReport["refused"]): BackendReport {
  const { name, library, device, reproducible } = started;
  return { name, library, device, reproducible: reproducible ? true : "unknown", refused };
}
