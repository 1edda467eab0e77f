import { type Files, mlpDigitsWidths, nmfHeldOut, suite } from "../suite/index.ts";
import type { Suite } from "./execute-cell.ts";

/** Returns every problem that a plan may name, by id: the suite, the widths of one network, the held-out factorisations. */
export const studyProblems = (files: Files): Suite =>
  new Map([...suite(files), ...mlpDigitsWidths(files), ...nmfHeldOut(files)].map((problem) => [problem.id, problem]));
