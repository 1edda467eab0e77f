import type { WasmBackend } from "./types.ts";

/**
 * Makes an exhausted heap an error that says so. The stock backend takes the null that malloc returns then for an
 * address: the tensor lands at 0, on top of the C library's own data, and what follows is a wrong result or
 * "memory access out of bounds" in some later kernel.
 */
export function guardMemory(backend: WasmBackend): void {
  const { wasm } = backend;
  const allocate = wasm._malloc.bind(wasm);
  wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) {
      const used = (wasm.HEAPU8.byteLength / 2 ** 20).toFixed(0);
      throw new RangeError(`the wasm backend is out of memory: ${bytes} bytes more do not fit its heap of ${used} MiB`);
    }
    return address;
  };
}
