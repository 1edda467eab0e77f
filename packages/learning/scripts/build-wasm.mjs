// Compiles assembly/product.as to wasm and writes it, as base64, to src/engine/product-module.gen.ts.
// With --check it writes nothing and fails when that file is stale.
import { buildModule } from "../../tfjs-wasm-training/scripts/compile-wasm.mjs";

await buildModule({
  sources: new URL("../assembly/", import.meta.url),
  entry: "product",
  options: "--initialMemory 16 --maximumMemory 65536",
  generated: new URL("../src/engine/product-module.gen.ts", import.meta.url),
  name: "productModuleBase64",
  what: "The wasm binary of the matrix product; it exports its memory.",
});
