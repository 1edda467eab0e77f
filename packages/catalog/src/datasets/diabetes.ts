import { z } from "zod";
import type { Dataset, Examples } from "../dataset.ts";
import { fileBytes, splitSeed, validationFraction } from "./_params.ts";
import { splitExamples } from "./_split.ts";
import { standardised, tableOf } from "./_table.ts";

const params = z
  .strictObject({ kind: z.literal("diabetes"), validationFraction, splitSeed })
  .meta({ id: "DiabetesDataset", title: "Diabetes" });

/** Targets with mean 0 and deviation 1 over the training part: the loss is then the share of variance not explained. */
function standardTargets(parts: { train: Examples; validation: Examples }): typeof parts {
  const { targets, count } = parts.train;
  const mean = targets.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(targets.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
  const scale = (part: Examples): Examples => ({ ...part, targets: part.targets.map((y) => (y - mean) / deviation) });
  return { train: scale(parts.train), validation: scale(parts.validation) };
}

/** Progression of diabetes a year after ten standardised measurements; regression. */
export const diabetes: Dataset<typeof params> = {
  kind: "diabetes",
  task: "regression",
  params,
  doc: {
    title: "Diabetes",
    summary: "442 patients, ten measurements; the target is the disease's progression a year later. All standardised.",
    source: "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani: Least Angle Regression, Annals of Statistics, 2004",
    licence: "none stated; published by the authors with the paper",
  },
  example: { kind: "diabetes" },
  files: ["diabetes.f32"],
  load({ validationFraction: fraction, splitSeed: seed }, files) {
    const all = tableOf(fileBytes(files, "diabetes.f32"), 11, "diabetes.f32");
    const parts = standardTargets(standardised(splitExamples(all, fraction, seed, false)));
    return { task: "regression", shape: [10], outputs: 1, ...parts };
  },
};
