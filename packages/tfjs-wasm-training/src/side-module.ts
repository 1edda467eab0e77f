import { guardMemory } from "./guard-memory.ts";
import { sideModuleBase64 } from "./side-module.gen.ts";
import type { WasmBackend } from "./types.ts";

/** Numbers only: byte addresses in the backend's memory, and sizes and strides in elements. */
type Numeric = (...numbers: number[]) => void;

/** The functions of `assembly/`, which documents their parameters. */
export type SideModule = Readonly<
  Record<
    | "adam"
    | "addRows"
    | "addToRows"
    | "convFilterGrad"
    | "convolve"
    | "copyRows"
    | "depthwiseFilterGrad"
    | "depthwiseInputGrad"
    | "descend"
    | "erf"
    | "exp"
    | "finishDense"
    | "gatherRows"
    | "gelu"
    | "geluGrad"
    | "layerNorm"
    | "layerNormGrad"
    | "matmul"
    | "maxPoolGrad"
    | "momentum"
    | "packPanels"
    | "reduceSum"
    | "reluGrad"
    | "softmaxCrossEntropy"
    | "spreadPixels"
    | "sumSquares"
    | "tanh",
    Numeric
  >
>;

/** The part of the WebAssembly API used here; Node has it, its type package does not describe it. */
interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number }) => object;
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
const instances = new WeakMap<WasmBackend, SideModule>();
let compiled: object | undefined;

/**
 * The side module, instantiated once per backend on the backend's own memory, so that it reads and writes tensors where
 * they are.
 *
 * @throws When the backend does not show its memory (another version of tfjs-backend-wasm, or its threaded build).
 */
export function sideModule(backend: WasmBackend): SideModule {
  const known = instances.get(backend);
  if (known) return known;
  const memory = backend.wasm.asm?.memory;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw new Error("tfjs-wasm-training: cannot find the memory of the wasm backend; it needs tfjs-backend-wasm 4.22");
  }
  if ("buffer" in memory && Object.prototype.toString.call(memory.buffer) === "[object SharedArrayBuffer]") {
    throw new Error(
      "tfjs-wasm-training: the threaded build of the wasm backend is not supported; set the flag WASM_HAS_MULTITHREAD_SUPPORT to false",
    );
  }
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(sideModuleBase64), (byte) => byte.charCodeAt(0)));
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  const functions = instance.exports as unknown as SideModule;
  instances.set(backend, functions);
  guardMemory(backend);
  return functions;
}
