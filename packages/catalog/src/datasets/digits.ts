import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { fileBytes, splitSeed, validationFraction } from "./_params.ts";
import { splitExamples } from "./_split.ts";

const params = z
  .strictObject({ kind: z.literal("digits"), validationFraction, splitSeed })
  .meta({ id: "DigitsDataset", title: "Digits" });

const rows = 1797;
const pixels = 64;

/** Handwritten digits, 8 × 8 pixels scaled to 0 … 1, ten classes. */
export const digits: Dataset<typeof params> = {
  kind: "digits",
  params,
  doc: {
    title: "Handwritten digits",
    summary: "1797 grey images of handwritten digits, 8 × 8 pixels, ten classes.",
    source:
      "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits (test part), UCI Machine Learning Repository",
    licence: "CC BY 4.0",
  },
  example: { kind: "digits" },
  files: ["digits.u8"],
  load({ validationFraction: fraction, splitSeed: seed }, files) {
    const bytes = fileBytes(files, "digits.u8");
    if (bytes.length !== rows * (pixels + 1)) {
      throw new Error(`digits.u8 has ${bytes.length} bytes, expected ${rows * (pixels + 1)}`);
    }
    const inputs = new Float32Array(rows * pixels);
    const targets = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
      const at = row * (pixels + 1);
      for (let pixel = 0; pixel < pixels; pixel++) inputs[row * pixels + pixel] = bytes[at + pixel]! / 16;
      targets[row] = bytes[at + pixels]!;
    }
    return {
      task: "classification",
      shape: [8, 8, 1],
      outputs: 10,
      ...splitExamples({ count: rows, inputs, targets }, fraction, seed, true),
    };
  },
};
