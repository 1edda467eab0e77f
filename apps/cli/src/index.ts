export { exitCodes } from "./exit-codes.ts";
export type { Io, TextOut } from "./io.ts";
export { createProgram, run } from "./program.ts";
