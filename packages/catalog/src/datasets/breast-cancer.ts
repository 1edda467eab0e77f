import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { noisyLabels, optionalLabelNoise } from "./_label-noise.ts";
import { fileBytes, splitSeed, validationFraction } from "./_params.ts";
import { splitExamples } from "./_split.ts";
import { standardised, tableOf } from "./_table.ts";

const params = z
  .strictObject({ kind: z.literal("breast-cancer"), labelNoise: optionalLabelNoise, validationFraction, splitSeed })
  .meta({ id: "BreastCancerDataset", title: "Breast cancer" });

/** 569 images of cell nuclei, 30 standardised features, malignant or benign. */
export const breastCancer: Dataset<typeof params> = {
  kind: "breast-cancer",
  task: "classification",
  params,
  doc: {
    title: "Breast cancer",
    summary: "569 images of cell nuclei, 30 standardised features, malignant or benign.",
    source:
      "W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning Repository",
    licence: "CC BY 4.0",
  },
  example: { kind: "breast-cancer" },
  files: ["breast-cancer.f32"],
  load({ labelNoise, validationFraction: fraction, splitSeed: seed }, files) {
    const all = tableOf(fileBytes(files, "breast-cancer.f32"), 31, "breast-cancer.f32");
    const { train, validation } = standardised(splitExamples(all, fraction, seed, true));
    const noisy = noisyLabels(train, 2, labelNoise, seed);
    return { task: "classification", shape: [30], outputs: 2, train: noisy, validation };
  },
};
