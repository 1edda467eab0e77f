import { UploadSchema } from "@etude/catalog";
export { UploadColumn, UploadSchema } from "@etude/catalog";
import { z } from "zod";
import { Instant, UploadId } from "./ids.ts";
import { Sha256 } from "./spec-parts.ts";

export const UploadName = z.string().trim().min(1).max(200).meta({ id: "UploadName" });

/** A file of data that runs learn from. The same bytes are one upload, however often they are sent. */
export const Upload = z
  .object({
    id: UploadId,
    name: UploadName,
    sha256: Sha256,
    bytes: z.int(),
    schema: UploadSchema,
    createdAt: Instant,
  })
  .meta({ id: "Upload" });
export type Upload = z.output<typeof Upload>;

/** The bytes of a file; JSON has no such thing, so it is described as text. */
export const UploadBytes = z
  .string()
  .meta({ format: "binary", description: "A CSV (UTF-8), NPY, NPZ or Parquet file." }) as unknown as z.ZodType<
  Uint8Array,
  Uint8Array
>;
