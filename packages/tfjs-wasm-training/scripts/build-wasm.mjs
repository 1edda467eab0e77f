// Compiles assembly/ to the wasm side module and writes it, as base64, to src/side-module.gen.ts.
// With --check it writes nothing and fails when that file is stale.
import { buildModule } from "./compile-wasm.mjs";

// The module has no runtime, no data and no stack of its own: it imports the memory of tfjs-backend-wasm and touches only
// the addresses it is given.
await buildModule({
  sources: new URL("../assembly/", import.meta.url),
  entry: "index",
  options: "--importMemory --noExportMemory --initialMemory 1 --maximumMemory 65536",
  generated: new URL("../src/side-module.gen.ts", import.meta.url),
  name: "sideModuleBase64",
  what: "The side module's wasm binary.",
});
