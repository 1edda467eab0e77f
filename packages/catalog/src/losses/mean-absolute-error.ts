import { z } from "zod";
import type * as tfc from "@tensorflow/tfjs-core";
import type { Loss } from "../loss.ts";

const params = z
  .strictObject({ kind: z.literal("mean-absolute-error") })
  .meta({ id: "MeanAbsoluteErrorLoss", title: "Mean absolute error" });

/** Mean over all values of |e|. */
export const meanAbsoluteError: Loss<typeof params> = {
  kind: "mean-absolute-error",
  params,
  doc: {
    title: "Mean absolute error",
    summary: "Mean size of the error; what it learns is the median.",
    source: "P. Laplace: Théorie analytique des probabilités, 1812",
  },
  example: { kind: "mean-absolute-error" },
  tasks: ["regression"],
  compute: (tf, _params, outputs, targets) => tf.mean(tf.abs(tf.sub(outputs, targets))) as tfc.Scalar,
};
