import { z } from "zod";

/** Share of the rows held back for validation. */
export const validationFraction = z
  .number()
  .gt(0)
  .lt(1)
  .default(0.2)
  .describe("Share of the examples held back for validation.");

/** Kept apart from the run's seed, so that runs with different seeds are judged on the same examples. */
export const splitSeed = z
  .int()
  .min(0)
  .max(4_294_967_295)
  .default(0)
  .describe("Decides which examples are held back; the same for all seeds of a run.");

/** Returns the bytes of a shipped file, or throws when the caller did not read it. */
export function fileBytes(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name);
  if (!bytes) throw new Error(`the data file "${name}" was not given`);
  return bytes;
}
