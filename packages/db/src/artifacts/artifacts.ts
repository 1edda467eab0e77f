import { Problem } from "@etude/contracts";
import type { Pool } from "pg";
import { rowsOf, type Statement } from "../pool.ts";
import type { PrismaClient } from "../generated/client.ts";
import type { Artifacts } from "./types.ts";

/** Writes nothing once the claim is over. */
const record: Statement = {
  name: "artifact-record",
  text: `insert into artifact (run_id, name, attempt, sha256, bytes, media_type)
  select id, $3, $2::int, $4, $5::bigint, $6 from run
  where id = $1::uuid and attempt = $2::int and status in ('running', 'cancelling')
  on conflict (run_id, name) do update set attempt = excluded.attempt, sha256 = excluded.sha256,
    bytes = excluded.bytes, media_type = excluded.media_type, created_at = now()
  returning run_id`,
};

const unreferenced: Statement = {
  name: "blobs-unreferenced",
  text: `select b.sha256 from unnest($1::text[]) as b (sha256)
  where not exists (select from checkpoint c where c.sha256 = b.sha256)
    and not exists (select from artifact a where a.sha256 = b.sha256)
    and not exists (select from upload u where u.sha256 = b.sha256)
    and not exists (
      select from run r where r.deleted_at is null and r.spec ? 'continueFrom' and r.spec #>> '{continueFrom,checkpoint}' = b.sha256)
    and not exists (
      select from run r, jsonb_each_text(r.spec -> 'inputs') i
      where r.spec ? 'inputs' and r.deleted_at is null and i.value = b.sha256)`,
};

export function createArtifacts(pool: Pool, prisma: PrismaClient): Artifacts {
  const ensureRun = async (runId: string): Promise<void> => {
    const found = await prisma.run.count({ where: { id: runId, deletedAt: null } });
    if (found === 0) throw new Problem("run_not_found", `No run ${runId}.`);
  };
  return {
    async record(runId, attempt, { name, sha256, bytes, mediaType }) {
      const rows = await rowsOf(pool, record, [runId, attempt, name, sha256, bytes, mediaType]);
      return rows.length > 0 ? "recorded" : "lost";
    },

    async list(runId) {
      await ensureRun(runId);
      const rows = await prisma.artifact.findMany({ where: { runId }, orderBy: { name: "asc" } });
      return rows.map(({ name, attempt, sha256, bytes, mediaType, createdAt }) => ({
        name,
        attempt,
        sha256,
        bytes: Number(bytes),
        mediaType,
        at: createdAt.toISOString(),
      }));
    },

    async unreferenced(sha256s) {
      const names = [...new Set(sha256s)];
      if (names.length === 0) return [];
      return (await rowsOf<{ sha256: string }>(pool, unreferenced, [names])).map(({ sha256 }) => sha256);
    },
  };
}
