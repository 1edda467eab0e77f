/** The matrix product in wasm: two numbers at a time, several times as fast as the loop, and the same bits. */
import { productModuleBase64 } from "./product-module.gen.ts";

/** The functions of `assembly/product.as`, which documents them. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  transpose(to: number, b: number, n: number, inner: number): void;
  product(
    out: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bias: number,
    m: number,
    inner: number,
    n: number,
  ): void;
}

/** The part of the WebAssembly API used here; Node has it, its type package does not describe it. */
interface WebAssemblyApi {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
const pageBytes = 65_536;

let exports: Exports | undefined;
let heap = new Float64Array(0);

/** Returns the module with a heap of at least `count` numbers from address 0 on. */
function moduleFor(count: number): Exports {
  if (!exports) {
    const binary = Uint8Array.from(atob(productModuleBase64), (byte) => byte.charCodeAt(0));
    exports = new WebAssembly.Instance(new WebAssembly.Module(binary), {}).exports as unknown as Exports;
    heap = new Float64Array(exports.memory.buffer);
  }
  if (heap.length < count) {
    exports.memory.grow(Math.ceil(((count - heap.length) * 8) / pageBytes));
    heap = new Float64Array(exports.memory.buffer);
  }
  return exports;
}

/** `product` on copies in the module's memory; `bTransposed` says that b holds its transpose, n × inner. */
export function wasmProduct(
  out: Float64Array,
  a: Float64Array,
  aRow: number,
  aColumn: number,
  b: Float64Array,
  bTransposed: boolean,
  m: number,
  inner: number,
  n: number,
  bias: Float64Array | undefined,
): void {
  const atB = m * inner;
  const atPlainB = atB + (bTransposed ? inner * n : 0);
  const atBias = atPlainB + inner * n;
  const atOut = atBias + n;
  const end = atOut + m * n;
  const { product, transpose } = moduleFor(end);
  heap.set(a.length === m * inner ? a : a.subarray(0, m * inner), 0);
  heap.set(b.length === inner * n ? b : b.subarray(0, inner * n), atB);
  if (bTransposed) transpose(8 * atPlainB, 8 * atB, n, inner);
  if (bias) heap.set(bias, atBias);
  else heap.fill(0, atBias, atOut);
  product(8 * atOut, 0, aRow, aColumn, 8 * atPlainB, 8 * atBias, m, inner, n);
  out.set(heap.subarray(atOut, end));
}
