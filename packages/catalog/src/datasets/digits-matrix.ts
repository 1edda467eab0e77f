import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { digitRows, digitsFile } from "./_digits.ts";
import { fileBytes } from "./_params.ts";

const params = z
  .strictObject({
    kind: z.literal("digits-matrix"),
    rows: z.int().min(2).max(digitRows).default(digitRows).describe("How many images, from the first on."),
  })
  .meta({ id: "DigitsMatrixDataset", title: "Digits as a matrix" });

/** The handwritten digits as a non-negative matrix, one image a row. */
export const digitsMatrix: Dataset<typeof params> = {
  kind: "digits-matrix",
  task: "factorisation",
  params,
  doc: {
    title: "Digits as a matrix",
    summary: "The handwritten digits as one non-negative matrix for factorisation: an image a row, 64 pixels in 0 … 1.",
    source: digitsFile.source,
    licence: digitsFile.licence,
  },
  example: { kind: "digits-matrix", rows: 400 },
  files: [digitsFile.name],
  load({ rows }, files) {
    const { inputs } = digitsFile.parse(fileBytes(files, digitsFile.name));
    const values = inputs.slice(0, rows * 64);
    const matrix = { count: rows, inputs: values, targets: values };
    return { task: "factorisation", shape: [64], outputs: 64, train: matrix, validation: matrix };
  },
};
