import type { PrismaClient } from "../generated/client.ts";
import type { Runs } from "../types.ts";

/** The registered checkpoint of a run at a step, or its last one. */
export const checkpointAt =
  (prisma: PrismaClient): Runs["checkpointAt"] =>
  async (runId, step) => {
    const row = await prisma.checkpoint.findFirst({
      where: { runId, ...(step !== undefined && { step }) },
      orderBy: { step: "desc" },
    });
    return row && { step: row.step, file: row.file, sha256: row.sha256, bytes: Number(row.bytes) };
  };

/** Registered checkpoints of a run, oldest first. */
export const checkpoints =
  (prisma: PrismaClient, get: Runs["get"]): Runs["checkpoints"] =>
  async (runId) => {
    await get(runId);
    const rows = await prisma.checkpoint.findMany({ where: { runId }, orderBy: { step: "asc" } });
    return rows.map(({ step, attempt, bytes, createdAt }) => ({
      step,
      attempt,
      bytes: Number(bytes),
      at: createdAt.toISOString(),
    }));
  };
