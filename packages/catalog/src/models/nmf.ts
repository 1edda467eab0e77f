import type * as tfc from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { BuiltModel, Model, Weight } from "../model.ts";
import { factorGradients, startFactor } from "./_factors.ts";
import { nmfBounds } from "./_nmf-bounds.ts";

const params = z
  .strictObject({
    kind: z.literal("nmf"),
    rank: z.int().min(1).max(512).default(10).describe("Columns of W and rows of H, r."),
    update: z
      .enum(["alternating", "joint"])
      .default("alternating")
      .describe("alternating: W, then H with the new W; joint: both at once, with a smaller bound."),
    fixed: z.enum(["none", "w", "h"]).default("none").describe("A factor that keeps its initial value."),
    nonNegative: z.boolean().default(true).describe("Whether each update sets negative entries to 0."),
    clip: z.boolean().default(true).describe("Whether rates are cut at boundShare times the stability bound."),
    boundShare: z
      .number()
      .gt(0)
      .max(1e3)
      .default(0.9)
      .describe(
        "Share of the bound that is recorded and used. The bound holds for one factor while the other stays; with batches of rows take 0.5 or less.",
      ),
    maxChange: z
      .number()
      .positive()
      .optional()
      .describe("κ: no entry changes by more than κ · max(|entry|, mean of the factor); absent: no limit."),
    noise: z.number().min(0).default(0).describe("Standard deviation of normal noise added to every gradient entry."),
  })
  .meta({ id: "NmfModel", title: "Non-negative matrix factorisation" });

/** X ≈ WH with entries ≥ 0 by projected gradient descent; each factor is a group. */
export const nmf: Model<typeof params> = {
  kind: "nmf",
  params,
  doc: {
    title: "Non-negative matrix factorisation",
    summary: "Writes a matrix as the product of two non-negative ones; its rates have a known stability bound.",
    source: "loss ½‖X − WH‖²_F; bounds by block Lipschitz constants, see the guide on stability",
  },
  example: { kind: "nmf", rank: 5 },
  tasks: ["factorisation"],
  kernels: ["GatherV2", "UnsortedSegmentSum"],
  build(tf, settings, { data, seed, batchSize }) {
    const { rank, update, fixed, nonNegative, clip, boundShare, maxChange, noise } = settings;
    const { count: rows, inputs } = data.train;
    const columns = data.outputs;
    if (rank > Math.min(rows, columns)) {
      throw new Error(`model.rank ${rank} is above the smaller side of the ${rows} × ${columns} matrix`);
    }
    if (nonNegative && inputs.some((value) => value < 0)) {
      throw new Error("model.nonNegative needs a matrix without negative entries, and the dataset has some");
    }
    const scale = Math.sqrt(inputs.reduce((sum, value) => sum + Math.abs(value), 0) / inputs.length / rank);
    const factors: [Weight, Weight] = [
      startFactor(tf, "w", [rows, rank], scale, seed),
      startFactor(tf, "h", [rank, columns], scale, seed),
    ];
    const trained = factors.filter(({ name }) => name !== fixed);
    const batchRows = Math.min(batchSize, rows);
    const [w, h] = factors.map(({ variable }) => variable as tfc.Variable<tfc.Rank.R2>) as [
      tfc.Variable<tfc.Rank.R2>,
      tfc.Variable<tfc.Rank.R2>,
    ];
    const model: BuiltModel = {
      weights: trained,
      groups: trained.map(({ group }) => group),
      update,
      divergesAbove: 10,
      clipsToBound: clip,
      forward({ targets, rows: chosen, size }, { training, step }) {
        const whole = size === rows;
        const part = whole ? w : tf.gather(w, tf.tensor1d(Int32Array.from(chosen), "int32"));
        // The loss of a batch stands for the whole matrix. A row of W sees its exact gradient, H an unbiased estimate.
        const share = size / rows;
        const tuned = (factor: tfc.Tensor2D, name: string, gradientScale: number): tfc.Tensor2D =>
          training && (gradientScale !== 1 || noise > 0)
            ? factorGradients(tf, factor, { gradientScale, noise, seed, name, step })
            : factor;
        const product = tf.matMul(tuned(part as tfc.Tensor2D, "w", share), tuned(h, "h", 1));
        return { loss: tf.mul(tf.sum(tf.squaredDifference(product, targets)), 0.5 / share) as tfc.Scalar };
      },
      ...((nonNegative || maxChange !== undefined) && {
        project(_: number, candidate: tfc.Tensor, from: tfc.Tensor) {
          let next = candidate;
          if (maxChange !== undefined) {
            const size = tf.abs(from);
            const limit = tf.mul(tf.maximum(size, tf.mean(size)), maxChange);
            next = tf.minimum(tf.maximum(next, tf.sub(from, limit)), tf.add(from, limit));
          }
          return nonNegative ? tf.maximum(next, 0) : next;
        },
      }),
      async stabilityBounds(batch) {
        const bounds = await nmfBounds(tf, { w, h, update, batch, batchRows, rows, columns, rank });
        return trained.map(({ name }) => boundShare * bounds[name as "w" | "h"]);
      },
      dispose: () => tf.dispose([w, h]),
    };
    return model;
  },
};
