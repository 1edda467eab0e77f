import type { DataId, DataType, KernelFunc, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";

/** The TensorFlow.js namespace: `@tensorflow/tfjs-core`, or `@tensorflow/tfjs`, which re-exports it. */
export type Tfjs = typeof import("@tensorflow/tfjs-core");

/** The views that the wasm backend hands out. */
export type HeapView = Float32Array | Int32Array | Uint8Array;

/**
 * The part of tfjs-backend-wasm's `BackendWasm` that the kernels use. Declared here because the package exports the
 * class without types for its emscripten module, and because a small interface says what a new version must keep.
 */
export interface WasmBackend {
  /** `asm` holds the exports of the wasm instance, the linear memory among them. */
  readonly wasm: {
    readonly asm?: { readonly memory?: object };
    readonly HEAPU8: Uint8Array;
    /** Returns a byte address; 0 when the memory cannot grow any more. */
    _malloc(bytes: number): number;
  };
  readonly dataIdMap: { get(dataId: DataId): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): HeapView;
  disposeData(dataId: DataId): boolean;
  incRef(dataId: DataId): void;
}

/** What a kernel function gets, typed by the kernel. */
export interface KernelCall<Inputs, Attrs> {
  readonly inputs: Inputs;
  readonly attrs: Attrs;
  readonly backend: WasmBackend;
}

/** What a kernel of this package is built from. */
export interface KernelContext {
  readonly tf: Tfjs;
  /** The function that stood under this kernel's name before, if any. */
  readonly stock: KernelFunc | undefined;
  /** Calls another wasm kernel as it is registered at that moment, and returns its only output. */
  call(kernelName: string, inputs: NamedTensorInfoMap, attrs: object, backend: WasmBackend): TensorInfo;
}

/** A kernel of this package: a name, and a function of the context that gives the kernel function. */
export interface TrainingKernel {
  readonly kernelName: string;
  create(context: KernelContext): KernelFunc;
}

/**
 * Names a kernel and types its inputs and attributes.
 *
 * tfjs types every kernel function by string maps; this is the one place where the types of a kernel meet them.
 */
export function defineKernel<Inputs, Attrs>(
  kernelName: string,
  create: (context: KernelContext) => (call: KernelCall<Inputs, Attrs>) => TensorInfo | TensorInfo[],
): TrainingKernel {
  return { kernelName, create: (context) => create(context) as unknown as KernelFunc };
}

/** Passes a typed call on to the stock kernel function. */
export function callStock<Inputs, Attrs>(
  kernelName: string,
  stock: KernelFunc | undefined,
  call: KernelCall<Inputs, Attrs>,
): TensorInfo | TensorInfo[] {
  if (stock === undefined) throw new Error(`${kernelName}: tfjs-backend-wasm has no such kernel to fall back on`);
  return stock({
    inputs: call.inputs as unknown as NamedTensorInfoMap,
    attrs: call.attrs as unknown as NamedAttrMap,
    backend: call.backend,
  });
}
