import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointFile } from "@etude/contracts";
import type { Database } from "@etude/db";
import { type Blobs, DamagedBlobError } from "@etude/service";

/** The folder that a run's trainer child writes to. */
export function runFolder(dataDir: string, runId: string): string {
  const folder = join(dataDir, "scratch", runId);
  mkdirSync(folder, { recursive: true });
  return folder;
}

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Moves a finished file to the blob store; twice is no harm. Returns false when the file is not what the child
 * announced, which no repetition mends. Throws when the store is away.
 */
export async function storeFile(
  blobs: Blobs,
  { file, sha256 }: Pick<CheckpointFile, "file" | "sha256">,
): Promise<boolean> {
  if (await blobs.has(sha256)) return true;
  const bytes = await readFile(file).catch(() => null);
  if (!bytes || sha256Of(bytes) !== sha256) return false;
  await blobs.put(bytes);
  await rm(file, { force: true });
  return true;
}

/**
 * Brings a registered checkpoint back as a local file; undefined when it is missing or damaged. Throws when the store
 * is away: then the checkpoint is still good, and the run has to wait.
 */
export async function fetchCheckpoint(
  blobs: Blobs,
  checkpoint: CheckpointFile,
  folder: string,
): Promise<CheckpointFile | undefined> {
  const file = join(folder, `resume-${checkpoint.step}`);
  return (await fetchBlob(blobs, checkpoint.sha256, file)) ? { ...checkpoint, file } : undefined;
}

/** Writes a blob to a file. False when it is missing or damaged; throws when the store is away. */
export async function fetchBlob(blobs: Blobs, sha256: string, file: string): Promise<boolean> {
  let bytes: Uint8Array | null;
  try {
    bytes = await blobs.get(sha256);
  } catch (error) {
    if (error instanceof DamagedBlobError) return false;
    throw error;
  }
  if (!bytes) return false;
  await writeFile(file, bytes);
  return true;
}

/** Brings a run's inputs to its folder; returns their files by name. Throws when one cannot be had. */
export async function fetchInputs(
  blobs: Blobs,
  inputs: Readonly<Record<string, string>>,
  folder: string,
): Promise<Record<string, string>> {
  const files = await Promise.all(
    Object.entries(inputs).map(async ([name, sha256]) => {
      const file = join(folder, `input-${name}`);
      if (!(await fetchBlob(blobs, sha256, file)))
        throw new Error(`the run's input ${name} is gone from the blob store`);
      return [name, file] as const;
    }),
  );
  return Object.fromEntries(files);
}

/** Removes blobs that nothing refers to any more. Best effort: what is left costs disk, not correctness. */
export async function removeBlobs(
  { db, blobs }: { readonly db: Pick<Database, "artifacts">; readonly blobs: Blobs },
  files: readonly Pick<CheckpointFile, "sha256">[],
): Promise<void> {
  const gone = await db.artifacts.unreferenced(files.map(({ sha256 }) => sha256)).catch(() => []);
  await Promise.allSettled(gone.map((sha256) => blobs.remove(sha256)));
}
