import type { Problem } from "../engine/problem.ts";
import type { Files } from "./data.ts";
import { autoencoderDigits, cnnDigits, mlpDigits, softmaxDigits } from "./digits.ts";
import { factorisations } from "./factorisations.ts";
import { quadratics } from "./quadratics.ts";
import { rosenbrocks } from "./rosenbrock.ts";
import { linearDiabetes, logisticBreastCancer, logisticSparse } from "./tabular.ts";
import { charTransformer, charWindow, speechesPool } from "./text.ts";

/** Data files of the catalogue that the suite reads, by name. */
export const suiteFiles: readonly string[] = [
  "digits.u8",
  "diabetes.f32",
  "breast-cancer.f32",
  "speeches.u16",
  "moby-dick-1-48.txt",
];

/** Returns every problem of the benchmark suite. `files` holds the bytes of each name in `suiteFiles`. */
export const suite = (files: Files): Problem[] => [
  ...quadratics(),
  ...rosenbrocks(),
  linearDiabetes(files),
  logisticBreastCancer(files),
  logisticSparse(),
  softmaxDigits(files),
  ...mlpDigits(files),
  autoencoderDigits(files),
  cnnDigits(files),
  ...factorisations(files),
  speechesPool(files),
  charWindow(files),
  charTransformer(files),
];
