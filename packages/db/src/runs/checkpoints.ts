import type { PrismaClient } from "../generated/client.ts";
import type { Runs } from "../types.ts";

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
