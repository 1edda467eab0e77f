import type { Backend } from "./backend.ts";
import { installedVersion, requireModule, tfCore } from "./tfjs.ts";

const packages = ["webgpu", "@tensorflow/tfjs-backend-webgpu"];

interface Dawn {
  readonly create: (options: string[]) => Gpu;
  readonly globals: object;
}

interface Gpu {
  requestAdapter(options: object): Promise<{ readonly info?: Readonly<Record<string, string>> } | null>;
}

const software = /swiftshader|llvmpipe|lavapipe|software|warp/i;
let adapterName: Promise<string | undefined> | undefined;

/** Installs Dawn's globals as the backend expects them in a browser, and returns the adapter's name if there is one. */
async function findAdapter(): Promise<string | undefined> {
  const dawn = (await import(packages[0]!)) as Dawn;
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  Object.defineProperty(globalThis, "navigator", { value: { gpu, userAgent: "node" }, configurable: true });
  const scope = globalThis as unknown as Record<string, unknown>;
  scope["WorkerGlobalScope"] ??= function WorkerGlobalScope() {};
  scope["self"] ??= globalThis;
  // Asked before the backend is loaded: without an adapter it would slide to another one.
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return undefined;
  const { vendor = "", architecture = "", device = "", description = "" } = adapter.info ?? {};
  return [vendor, architecture, device, description].filter(Boolean).join(" ") || "unnamed adapter";
}

/** WebGPU through Dawn, on real hardware only: a software adapter is slower than wasm. */
export const webgpu: Backend = {
  name: "webgpu",
  async refusal() {
    const missing = packages.filter((name) => installedVersion(name) === undefined);
    if (missing.length > 0)
      return `the optional package${missing.length > 1 ? "s" : ""} ${missing.join(" and ")} not installed`;
    try {
      adapterName ??= findAdapter();
      const name = await adapterName;
      if (name === undefined) return "WebGPU found no adapter";
      return software.test(name) ? `WebGPU's adapter is a software one (${name})` : undefined;
    } catch (error) {
      return `WebGPU does not load: ${error instanceof Error ? error.message : String(error)}`;
    }
  },
  async start() {
    const tf = tfCore();
    requireModule(packages[1]!);
    if (!(await tf.setBackend("webgpu"))) throw new Error("the webgpu backend did not start");
    return {
      name: "webgpu",
      tf,
      library: `${packages[1]} ${installedVersion(packages[1]!)}`,
      device: (await adapterName) ?? "unknown adapter",
      reproducible: false,
      readsAtOnce: false,
    };
  },
};
