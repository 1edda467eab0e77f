export { installCpuFixes, type InstalledCpuFixes } from "./cpu-fixes.ts";
export * as fused from "./fused/index.ts";
export { installWasmTraining, type InstalledKernels, type WasmModule } from "./install.ts";
export type { Tfjs } from "./types.ts";
