import { createHash } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointFile } from "@etude/contracts";
import { CheckpointError } from "./checkpoint.ts";

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Writes a file so that the final name only ever holds a complete, synced one: temporary name, fsync, rename, fsync of
 * the folder.
 */
export async function writeSyncedFile(
  folder: string,
  name: string,
  bytes: Uint8Array,
): Promise<Omit<CheckpointFile, "step">> {
  const file = join(folder, name);
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, "w");
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
  return { file, sha256: sha256Of(bytes), bytes: bytes.byteLength };
}

/** Writes the checkpoint of a run before update `step`. */
export const writeCheckpointFile = async (
  folder: string,
  runId: string,
  step: number,
  bytes: Uint8Array,
): Promise<CheckpointFile> => ({ step, ...(await writeSyncedFile(folder, `${runId}-${step}.checkpoint`, bytes)) });

/** Returns the bytes of a registered checkpoint. Throws CheckpointError when they are not the registered ones. */
export async function readCheckpointFile({ file, sha256, bytes }: CheckpointFile): Promise<Buffer> {
  let content: Buffer;
  try {
    content = await readFile(file);
  } catch (error) {
    throw new CheckpointError(`checkpoint ${file} cannot be read: ${(error as Error).message}`);
  }
  if (content.length !== bytes) {
    throw new CheckpointError(
      `checkpoint ${file} is damaged: it has ${content.length} bytes, ${bytes} were registered`,
    );
  }
  if (sha256Of(content) !== sha256) {
    throw new CheckpointError(`checkpoint ${file} is damaged: its sha256 is not the registered ${sha256}`);
  }
  return content;
}

/** Removes a checkpoint file that a later registered one has replaced; a missing file is fine. */
export const removeCheckpointFile = (file: string): Promise<void> => rm(file, { force: true });
