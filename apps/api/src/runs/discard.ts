import type { CheckpointFile } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { Blobs, Logger } from "@etude/service";

interface DiscardParts {
  readonly db: Pick<Database, "artifacts">;
  readonly blobs: Blobs;
  readonly logger: Logger;
}

/** Removes those of the blobs that nothing refers to any more. What cannot be removed is logged: it costs disk only. */
export async function discardBlobs({ db, blobs, logger }: DiscardParts, sha256s: readonly string[]): Promise<void> {
  try {
    const gone = await db.artifacts.unreferenced(sha256s);
    await Promise.all(gone.map((sha256) => blobs.remove(sha256)));
  } catch (error) {
    logger.warn({ err: error }, "blobs were not removed");
  }
}

/** Removes checkpoints that nothing resumes from any more. */
export const discardCheckpoints = (parts: DiscardParts, checkpoints: readonly CheckpointFile[]): Promise<void> =>
  discardBlobs(
    parts,
    checkpoints.map(({ sha256 }) => sha256),
  );
