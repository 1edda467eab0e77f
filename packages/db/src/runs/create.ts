import { createHash } from "node:crypto";
import { Problem, type Run, type RunId } from "@etude/contracts";
import type { Prisma, PrismaClient } from "../generated/client.ts";
import type { Idempotency, NewRun, Runs } from "../types.ts";
import { specColumns } from "./spec-columns.ts";
import { toRun } from "./to-run.ts";

type Transaction = Prisma.TransactionClient;

/** JSON with the keys of every object in order, so that equal bodies have equal hashes. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

async function existing(tx: Transaction, runIds: readonly string[]): Promise<Run[]> {
  const rows = await tx.run.findMany({
    where: { id: { in: [...runIds] }, deletedAt: null },
    orderBy: { number: "asc" },
  });
  return rows.map(toRun);
}

/** Claims the key for this request, or returns what the first request with it made. */
async function firstUse(tx: Transaction, { key, body }: Idempotency): Promise<Run[] | null> {
  const bodyHash = createHash("sha256").update(canonical(body)).digest();
  // Waits here while another request with this key is under way.
  const { count } = await tx.idempotencyKey.createMany({ data: [{ key, bodyHash, runIds: [] }], skipDuplicates: true });
  if (count === 1) return null;
  const earlier = await tx.idempotencyKey.findUniqueOrThrow({ where: { key } });
  if (!bodyHash.equals(earlier.bodyHash)) throw new Problem("idempotency_conflict");
  return existing(tx, earlier.runIds);
}

/** Holds what the new runs refer to until they are in, so that it cannot be deleted meanwhile. */
async function holdReferences(tx: Transaction, runs: readonly NewRun[]): Promise<void> {
  const needed = [...new Set(runs.flatMap(({ needs = [] }) => needs))];
  if (needed.length > 0) {
    const held = await tx.$queryRaw<{ id: string }[]>`
      select id from run where id = any(${needed}::uuid[]) and deleted_at is null for share`;
    const missing = needed.find((id) => !held.some((row) => row.id === id));
    if (missing) throw new Problem("run_not_found", `The run ${missing} that is to be replayed does not exist.`);
  }
  const uploads = [...new Set(runs.flatMap(({ uploads: own = [] }) => own))];
  if (uploads.length > 0) {
    const held = await tx.$queryRaw<{ id: string }[]>`
      select id from upload where id = any(${uploads}::uuid[]) for share`;
    const gone = uploads.find((id) => !held.some((row) => row.id === id));
    if (gone) throw new Problem("upload_not_found", `The upload ${gone} that is to be learned from was deleted.`);
  }
  const studies = [...new Set(runs.flatMap(({ studyId }) => studyId ?? []))];
  const found = await tx.study.findMany({ where: { id: { in: studies } }, select: { id: true } });
  const missing = studies.find((id) => !found.some((study) => study.id === id));
  if (missing) throw new Problem("study_not_found", `No study ${missing}.`);
}

/** An external run is under way from the start, without a worker and so without a lease: nobody takes it over. */
const underWay = () => ({ status: "running", attempt: 1, startedAt: new Date() });

async function insert(tx: Transaction, runs: readonly NewRun[]): Promise<Run[]> {
  const rows = await tx.run.createManyAndReturn({
    data: runs.map(({ spec, studyId, clonedFrom }) => ({
      ...specColumns(spec),
      // A budget in epochs is known in steps once a worker has seen the data.
      horizon: specColumns(spec).budgetSteps,
      ...(spec.kind === "external" && underWay()),
      spec: spec as unknown as Prisma.InputJsonValue,
      studyId: studyId ?? null,
      clonedFrom: clonedFrom ?? null,
    })),
  });
  const created = rows.sort((a, b) => a.number - b.number).map(toRun);
  const ids = created.map(({ id }) => id);
  await tx.runEvent.createMany({
    data: created.map(({ id, attempt, status }) => ({ runId: id, attempt, to: status, why: "created" })),
  });
  const external = created.filter(({ spec }) => spec.kind === "external");
  await tx.runAttempt.createMany({
    data: external.map(({ id }) => ({ runId: id, attempt: 1, worker: "external", resumedAt: 0, counts: [] })),
  });
  const needs = runs.flatMap(({ needs = [] }, i) =>
    [...new Set(needs)].map((needsId) => ({ runId: ids[i] as RunId, needsId })),
  );
  if (needs.length > 0) await tx.runNeed.createMany({ data: needs });
  const uploads = runs.flatMap(({ uploads: own = [] }, i) =>
    [...new Set(own)].map((uploadId) => ({ runId: ids[i] as RunId, uploadId })),
  );
  if (uploads.length > 0) await tx.runUpload.createMany({ data: uploads });
  return created;
}

/** Creates runs in one transaction. */
export const create =
  (prisma: PrismaClient): Runs["create"] =>
  (runs, idempotency) =>
    prisma.$transaction(
      async (tx) => {
        const earlier = idempotency && (await firstUse(tx, idempotency));
        if (earlier) return { runs: earlier, created: false };
        await holdReferences(tx, runs);
        const created = await insert(tx, runs);
        if (idempotency) {
          const runIds = created.map(({ id }) => id as string);
          await tx.idempotencyKey.update({ where: { key: idempotency.key }, data: { runIds } });
        }
        return { runs: created, created: true };
      },
      { timeout: 30_000, maxWait: 10_000 },
    );
