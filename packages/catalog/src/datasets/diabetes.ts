import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { fileBytes, splitSeed, validationFraction } from "./_params.ts";
import { splitExamples } from "./_split.ts";
import { standardised, standardTargets, tableOf } from "./_table.ts";

const params = z
  .strictObject({ kind: z.literal("diabetes"), validationFraction, splitSeed })
  .meta({ id: "DiabetesDataset", title: "Diabetes" });

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
