/** What the specs of all kinds of runs share. */
import { z } from "zod";

export const Tags = z
  .record(z.string().regex(/^[\w.-]{1,64}$/), z.string().max(256))
  .refine((tags) => Object.keys(tags).length <= 32, "at most 32 tags")
  .meta({ id: "Tags" });

export const runName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .optional()
  .describe("Shown in lists; made from the parts when absent.");

export const pool = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
  .default("cpu")
  .describe("Which workers may take it: cpu, gpu, or a label of your own.");

export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ id: "Sha256", description: "SHA-256 of the bytes, 64 lower-case hexadecimal digits." });
