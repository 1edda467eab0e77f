import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { randomStream } from "../random.ts";

const size = (initial: number) => z.int().min(2).max(20_000).default(initial);

const params = z
  .strictObject({
    kind: z.literal("low-rank"),
    rows: size(100),
    columns: size(50),
    rank: z.int().min(1).max(1000).default(5).describe("Rank of the matrix before noise is added."),
    noise: z.number().min(0).max(1e3).default(0).describe("Standard deviation of added noise; values stay ≥ 0."),
    dataSeed: z
      .int()
      .min(0)
      .max(4_294_967_295)
      .default(0)
      .describe("Decides the matrix; the same for all seeds of a run."),
  })
  .refine(({ rows, columns, rank }) => rank <= Math.min(rows, columns), {
    path: ["rank"],
    error: "must not be above rows or columns",
  })
  .meta({ id: "LowRankDataset", title: "Low-rank matrix" });

/** A generated non-negative matrix X = W₀H₀ + noise with factors uniform in 0 … 1. */
export const lowRank: Dataset<typeof params> = {
  kind: "low-rank",
  task: "factorisation",
  params,
  doc: {
    title: "Low-rank matrix",
    summary: "A generated non-negative matrix of known rank, for factorisation.",
    source: "generated",
    licence: "none needed",
  },
  example: { kind: "low-rank", rows: 60, columns: 40, rank: 5 },
  files: [],
  load({ rows, columns, rank, noise, dataSeed }) {
    const random = randomStream(dataSeed, "low-rank");
    const uniform = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.uniform());
    const [left, right] = [uniform(rows * rank), uniform(rank * columns)];
    const values = new Float32Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = noise === 0 ? 0 : noise * random.normal();
        for (let k = 0; k < rank; k++) sum += left[i * rank + k]! * right[k * columns + j]!;
        values[i * columns + j] = Math.max(0, sum);
      }
    }
    const matrix = { count: rows, inputs: values, targets: values };
    return { task: "factorisation", shape: [columns], outputs: columns, train: matrix, validation: matrix };
  },
};
