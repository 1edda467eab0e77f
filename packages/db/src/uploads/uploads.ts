import { Problem, type Upload, UploadId } from "@etude/contracts";
import type { Pool } from "pg";
import type { Prisma, PrismaClient, Upload as Row } from "../generated/client.ts";
import { decodePageMark, encodePageMark } from "../page-cursor.ts";
import { inTransaction, rowsOf, type Statement } from "../pool.ts";
import type { Uploads } from "./types.ts";

const toUpload = ({ id, name, sha256, bytes, schema, createdAt }: Row): Upload => ({
  id: id as UploadId,
  name,
  sha256,
  bytes: Number(bytes),
  schema: schema as unknown as Upload["schema"],
  createdAt: createdAt.toISOString(),
});

/** Locks upload $1 and says which run that is not over needs it, and whether an artifact has the same bytes. */
const lockForRemoval: Statement = {
  name: "upload-remove-lock",
  text: `select sha256, (
    select n.run_id from run_upload n join run waiting on waiting.id = n.run_id
    where n.upload_id = upload.id and waiting.deleted_at is null
      and waiting.status in ('queued', 'running', 'cancelling', 'paused') limit 1) as "neededBy",
    exists (select from artifact where artifact.sha256 = upload.sha256) as shared
  from upload where id = $1 for update`,
};

const removeRow: Statement = { name: "upload-remove", text: "delete from upload where id = $1" };

export function createUploads(pool: Pool, prisma: PrismaClient): Uploads {
  return {
    async create({ schema, ...upload }) {
      const data = { ...upload, bytes: BigInt(upload.bytes), schema: schema as unknown as Prisma.InputJsonValue };
      const [made] = await prisma.upload.createManyAndReturn({ data: [data], skipDuplicates: true });
      return toUpload(made ?? (await prisma.upload.findUniqueOrThrow({ where: { sha256: upload.sha256 } })));
    },

    async get(ref) {
      const where = UploadId.safeParse(ref).success ? { id: ref } : { sha256: ref };
      const row = await prisma.upload.findUnique({ where });
      if (!row) throw new Problem("upload_not_found", `No upload ${ref}.`);
      return toUpload(row);
    },

    async list({ limit, cursor }) {
      const rows = await prisma.upload.findMany({
        ...(cursor && { where: { number: { lt: decodePageMark(cursor, "newest").number } } }),
        orderBy: { number: "desc" },
        take: limit + 1,
      });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        uploads: rows.slice(0, limit).map(toUpload),
        next: last ? encodePageMark({ order: "newest", number: last.number, value: null }) : null,
      };
    },

    async hold(runId, sha256s) {
      const found = await prisma.upload.findMany({ where: { sha256: { in: [...sha256s] } } });
      const gone = sha256s.find((sha256) => !found.some((upload) => upload.sha256 === sha256));
      if (gone) throw new Problem("upload_not_found", `The run learns from the upload ${gone}, which was deleted.`);
      await prisma.runUpload.createMany({
        data: found.map(({ id }) => ({ runId, uploadId: id })),
        skipDuplicates: true,
      });
    },

    remove: (uploadId, removeBytes) =>
      inTransaction(pool, async (client) => {
        const [upload] = await rowsOf<{ sha256: string; neededBy: string | null; shared: boolean }>(
          client,
          lockForRemoval,
          [uploadId],
        );
        if (!upload) throw new Problem("upload_not_found", `No upload ${uploadId}.`);
        if (upload.neededBy) throw new Problem("upload_in_use", `The run ${upload.neededBy} learns from it.`);
        await rowsOf(client, removeRow, [uploadId]);
        if (!upload.shared) await removeBytes(upload.sha256);
      }),
  };
}
