import type { PrismaClient } from "./generated/client.ts";
import type { Workers } from "./types.ts";

/** A worker that was silent for this long is not counted. */
const aliveMs = 60_000;

export function createWorkers(prisma: PrismaClient): Workers {
  return {
    async heartbeat({ id, ...rest }) {
      const data = { ...rest, seenAt: new Date() };
      await prisma.worker.upsert({ where: { id }, create: { id, ...data }, update: data });
    },

    async leave(id) {
      await prisma.worker.deleteMany({ where: { id } });
    },

    async list() {
      const rows = await prisma.worker.findMany({
        where: { seenAt: { gt: new Date(Date.now() - aliveMs) } },
        orderBy: [{ pool: "asc" }, { id: "asc" }],
      });
      return rows.map((row) => ({ ...row, seenAt: row.seenAt.toISOString() }));
    },
  };
}
