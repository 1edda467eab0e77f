import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { uploadTasks } from "../uploads/plan.ts";
import { labelNoise } from "./_label-noise.ts";
import { fileBytes, splitSeed, validationFraction } from "./_params.ts";

const reference = z
  .string()
  .regex(/^([0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, "must be the id or the SHA-256 of an upload");

const columnName = z.string().min(1).max(500);

const params = z
  .strictObject({
    kind: z.literal("upload"),
    upload: reference.describe("Id or SHA-256 of an upload; a run keeps the SHA-256."),
    target: columnName
      .optional()
      .describe("The column to predict. Absent: the only column of `labels`, or none for a matrix to factorise."),
    labels: reference.optional().describe("Another upload that holds the target, one row for each row."),
    features: z
      .array(columnName)
      .min(1)
      .max(20_000)
      .optional()
      .describe("Columns to predict from; absent: all others."),
    categories: z
      .array(columnName)
      .max(20_000)
      .default([])
      .describe("Columns whose values are names even where they look like numbers."),
    task: z
      .enum(uploadTasks)
      .optional()
      .describe("Absent: told from the target: few whole numbers or texts are classes, other numbers a regression."),
    classes: z
      .int()
      .min(2)
      .max(10_000)
      .optional()
      .describe("Labels are whole numbers from 0 to classes − 1. Absent: the classes are the values found, in order."),
    missing: z
      .enum(["refuse", "drop", "mean"])
      .default("refuse")
      .describe(
        "Rows without a value: an error, left out, or filled with the training part's mean (texts: no category).",
      ),
    standardise: z
      .boolean()
      .default(true)
      .describe(
        "Columns, and a regression's target, get mean 0 and deviation 1 over the training part; images of bytes are 0 … 1 anyway.",
      ),
    vocabulary: z.int().min(10).max(50_000).default(4000).describe("Texts: token ids, the most frequent words first."),
    length: z.int().min(1).max(1024).default(48).describe("Texts: words of each that are read."),
    labelNoise,
    validationFraction,
    splitSeed,
  })
  .meta({ id: "UploadDataset", title: "Upload" });

/** A file of one's own: CSV, NPY, NPZ or Parquet, read from the blob store by its content hash. */
export const upload: Dataset<typeof params> = {
  kind: "upload",
  task: "classification",
  params,
  doc: {
    title: "Upload",
    summary: "A file of your own: a table, images with labels, texts with classes, or a matrix. Upload it first.",
    source: "the user",
    licence: "the user's own",
  },
  example: { kind: "upload", upload: "0".repeat(64), target: "species" },
  files: [],
  taskOf: ({ task }) => task ?? "classification",
  uploads: ({ upload: own, labels }) => (labels === undefined ? [own] : [own, labels]),
  async load(use, files) {
    const { buildData, readTable } = await import("../uploads/index.ts");
    const table = await readTable(fileBytes(files, use.upload), use.categories);
    const labels = use.labels === undefined ? undefined : await readTable(fileBytes(files, use.labels), use.categories);
    return buildData(use, table, labels);
  },
};
