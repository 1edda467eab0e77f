import type { Problem } from "../engine/problem.ts";
import type { Files } from "./data.ts";
import { factorisations } from "./nmf.ts";
import { quadratics } from "./quadratics.ts";
import { softmaxDigits } from "./softmax-digits.ts";

/** Data files that the suite reads, by name. */
export const suiteFiles: readonly string[] = ["digits.u8"];

/** Returns every problem of the benchmark suite. `files` holds the bytes of each name in `suiteFiles`. */
export const suite = (files: Files): Problem[] => [...quadratics(), ...softmaxDigits(files), ...factorisations(files)];
