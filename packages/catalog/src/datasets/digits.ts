import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { digitsFile } from "./_digits.ts";
import { noisyLabels, optionalLabelNoise } from "./_label-noise.ts";
import { fileBytes, splitSeed, validationFraction } from "./_params.ts";
import { splitExamples } from "./_split.ts";

const params = z
  .strictObject({ kind: z.literal("digits"), labelNoise: optionalLabelNoise, validationFraction, splitSeed })
  .meta({ id: "DigitsDataset", title: "Digits" });

/** Handwritten digits, 8 × 8 pixels scaled to 0 … 1, ten classes. */
export const digits: Dataset<typeof params> = {
  kind: "digits",
  task: "classification",
  params,
  doc: {
    title: "Handwritten digits",
    summary: "1797 grey images of handwritten digits, 8 × 8 pixels, ten classes.",
    source: digitsFile.source,
    licence: digitsFile.licence,
  },
  example: { kind: "digits" },
  files: [digitsFile.name],
  load({ labelNoise, validationFraction: fraction, splitSeed: seed }, files) {
    const all = digitsFile.parse(fileBytes(files, digitsFile.name));
    const { train, validation } = splitExamples(all, fraction, seed, true);
    const noisy = noisyLabels(train, 10, labelNoise, seed);
    return { task: "classification", shape: [8, 8, 1], outputs: 10, train: noisy, validation };
  },
};
