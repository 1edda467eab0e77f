import { writeFileSync } from "node:fs";
import { compileSideModule, generatedFile, renderGenerated } from "./compile.ts";

/** Compiles assembly/ and writes src/side-module.gen.ts. Run by `npm run build:wasm`. */
const binary = await compileSideModule();
writeFileSync(generatedFile, renderGenerated(binary));
console.log(`src/side-module.gen.ts: ${binary.byteLength} bytes of wasm`);
