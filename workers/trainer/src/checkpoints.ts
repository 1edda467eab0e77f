import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointFile } from "@etude/contracts";
import type { Blobs } from "@etude/service";

/** The folder that a run's trainer child writes to. */
export function runFolder(dataDir: string, runId: string): string {
  const folder = join(dataDir, "scratch", runId);
  mkdirSync(folder, { recursive: true });
  return folder;
}

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Moves a finished checkpoint file to the blob store; twice is no harm. Returns false when the file is not what the
 * child announced, which no repetition mends. Throws when the store is away.
 */
export async function storeCheckpoint(blobs: Blobs, { file, sha256 }: CheckpointFile): Promise<boolean> {
  if (await blobs.has(sha256)) return true;
  const bytes = await readFile(file).catch(() => null);
  if (!bytes || sha256Of(bytes) !== sha256) return false;
  await blobs.put(bytes);
  await rm(file, { force: true });
  return true;
}

/** Brings a registered checkpoint back as a local file; undefined when it is missing or damaged. */
export async function fetchCheckpoint(
  blobs: Blobs,
  checkpoint: CheckpointFile,
  folder: string,
): Promise<CheckpointFile | undefined> {
  const bytes = await blobs.get(checkpoint.sha256).catch(() => null);
  if (!bytes || sha256Of(bytes) !== checkpoint.sha256) return undefined;
  const file = join(folder, `resume-${checkpoint.step}`);
  await writeFile(file, bytes);
  return { ...checkpoint, file };
}

/** Removes checkpoints that nothing resumes from any more. Best effort: what is left costs disk, not correctness. */
export async function removeCheckpoints(blobs: Blobs, checkpoints: readonly CheckpointFile[]): Promise<void> {
  await Promise.allSettled(checkpoints.map(({ sha256 }) => blobs.remove(sha256)));
}
