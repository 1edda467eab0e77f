import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { noisyLabels, optionalLabelNoise } from "./_label-noise.ts";
import { fileBytes, splitSeed, validationFraction } from "./_params.ts";
import { splitExamples } from "./_split.ts";
import { standardised, tableOf } from "./_table.ts";

const params = z
  .strictObject({ kind: z.literal("iris"), labelNoise: optionalLabelNoise, validationFraction, splitSeed })
  .meta({ id: "IrisDataset", title: "Iris" });

/** 150 flowers of three species of iris, four standardised measurements each. */
export const iris: Dataset<typeof params> = {
  kind: "iris",
  task: "classification",
  params,
  doc: {
    title: "Iris",
    summary: "150 flowers of three species of iris, four standardised measurements each.",
    source: "Fisher's iris, UCI Machine Learning Repository",
    licence: "CC BY 4.0",
  },
  example: { kind: "iris" },
  files: ["iris.f32"],
  load({ labelNoise, validationFraction: fraction, splitSeed: seed }, files) {
    const all = tableOf(fileBytes(files, "iris.f32"), 5, "iris.f32");
    const { train, validation } = standardised(splitExamples(all, fraction, seed, true));
    const noisy = noisyLabels(train, 3, labelNoise, seed);
    return { task: "classification", shape: [4], outputs: 3, train: noisy, validation };
  },
};
