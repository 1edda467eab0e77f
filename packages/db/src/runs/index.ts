import { Problem, type RunSpec, type RunStatus } from "@etude/contracts";
import type { Pool } from "pg";
import type { Prisma, PrismaClient } from "../generated/client.ts";
import type { Runs } from "../types.ts";
import { checkpointAt, checkpoints } from "./checkpoints.ts";
import { claim } from "./claim.ts";
import { create } from "./create.ts";
import { deliveries } from "./deliveries.ts";
import { discardCheckpoint } from "./discard-checkpoint.ts";
import { list } from "./list.ts";
import { remove } from "./remove.ts";
import { rewind } from "./rewind.ts";
import { specColumns } from "./spec-columns.ts";
import { toRun } from "./to-run.ts";
import { transitions } from "./transitions.ts";

const notFound = (runId: string): Problem => new Problem("run_not_found", `No run ${runId}.`);

export function createRuns(pool: Pool, prisma: PrismaClient): Runs {
  const get: Runs["get"] = async (runId) => {
    const row = await prisma.run.findFirst({ where: { id: runId, deletedAt: null } });
    if (!row) throw notFound(runId);
    return toRun(row);
  };
  return {
    create: create(prisma),
    get,
    list: list(prisma),
    checkpoints: checkpoints(prisma, get),
    checkpointAt: checkpointAt(prisma),
    claim: claim(pool),
    discardCheckpoint: discardCheckpoint(pool),
    remove: remove(pool),
    rewind: rewind(pool, get),
    ...deliveries(pool),
    ...transitions(pool, get),

    async getMany(runIds) {
      const rows = await prisma.run.findMany({ where: { id: { in: [...runIds] }, deletedAt: null } });
      return rows.map(toRun);
    },

    patch(runId, { name, tags }) {
      return prisma.$transaction(async (tx) => {
        await tx.$queryRaw`select from run where id = ${runId}::uuid for update`;
        const row = await tx.run.findFirst({ where: { id: runId, deletedAt: null } });
        if (!row) throw notFound(runId);
        const before = row.spec as unknown as RunSpec;
        const spec = { ...before, ...(name !== undefined && { name }), ...(tags !== undefined && { tags }) };
        const columns = specColumns(spec);
        const changed = await tx.run.update({
          where: { id: runId },
          data: {
            spec: spec as unknown as Prisma.InputJsonValue,
            name: columns.name,
            tags: columns.tags,
            revision: { increment: 1 },
          },
        });
        return toRun(changed);
      });
    },

    async events(runId) {
      await get(runId);
      const rows = await prisma.runEvent.findMany({ where: { runId }, orderBy: { id: "asc" } });
      return rows.map(({ at, attempt, from, to, why }) => ({
        at: at.toISOString(),
        attempt,
        from: from as RunStatus | null,
        to: to as RunStatus,
        why,
      }));
    },
  };
}
