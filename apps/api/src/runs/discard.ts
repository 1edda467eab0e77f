import type { CheckpointFile } from "@etude/contracts";
import type { Blobs, Logger } from "@etude/service";

/** Removes checkpoints that nothing resumes from any more. What cannot be removed is logged: it costs disk only. */
export async function discardCheckpoints(
  { blobs, logger }: { readonly blobs: Blobs; readonly logger: Logger },
  checkpoints: readonly CheckpointFile[],
): Promise<void> {
  const results = await Promise.allSettled(checkpoints.map(({ sha256 }) => blobs.remove(sha256)));
  const failure = results.find((result) => result.status === "rejected");
  if (failure !== undefined) logger.warn({ err: failure.reason as unknown }, "checkpoints were not removed");
}
