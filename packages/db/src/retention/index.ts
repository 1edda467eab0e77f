import {
  Problem,
  type RetentionPolicy,
  type RetentionPreview,
  type RetentionRules,
  type RunId,
  type StudyId,
} from "@etude/contracts";
import type { Pool } from "pg";
import type { PrismaClient, RetentionPolicy as Row } from "../generated/client.ts";
import { rowsOf } from "../pool.ts";
import { previewRetention, selectGoing, selectThinning } from "../sql/retention.ts";
import type { Runs } from "../types.ts";
import { thinSystem } from "./thin.ts";
import type { Retention, RetentionSpec } from "./types.ts";

const toPolicy = ({ id, studyId, rules, updatedAt }: Row): RetentionPolicy => ({
  id,
  studyId: studyId as StudyId | null,
  rules: rules as unknown as RetentionRules,
  updatedAt: updatedAt.toISOString(),
});

type Held = Pick<RetentionPolicy, "studyId" | "rules">;

/** The policies as the statements take them. */
const parameter = (policies: readonly Held[]): string =>
  JSON.stringify(policies.map(({ studyId, rules }) => ({ studyId, rules })));

export function createRetention(pool: Pool, prisma: PrismaClient, runs: Pick<Runs, "remove">): Retention {
  const list: Retention["list"] = async () =>
    (await prisma.retentionPolicy.findMany({ orderBy: { createdAt: "asc" } })).map(toPolicy);

  async function assertStudy(studyId: StudyId | undefined): Promise<void> {
    if (studyId === undefined) return;
    if ((await prisma.study.count({ where: { id: studyId } })) === 0)
      throw new Problem("study_not_found", `No study ${studyId}.`);
  }

  /** What holds, with `spec` in its place. */
  async function held(spec?: RetentionSpec): Promise<Held[]> {
    const policies = await list();
    if (spec === undefined) return policies;
    const studyId = spec.studyId ?? null;
    return [...policies.filter((one) => one.studyId !== studyId), { studyId, rules: spec.rules }];
  }

  return {
    list,

    async set({ studyId, rules }) {
      await assertStudy(studyId);
      return prisma.$transaction(async (tx) => {
        // Two callers at once take turns.
        await tx.$executeRaw`lock table retention_policy in share row exclusive mode`;
        const before = await tx.retentionPolicy.findFirst({ where: { studyId: studyId ?? null } });
        const data = { rules, updatedAt: new Date() };
        const row = before
          ? await tx.retentionPolicy.update({ where: { id: before.id }, data })
          : await tx.retentionPolicy.create({ data: { studyId: studyId ?? null, ...data } });
        return toPolicy(row);
      });
    },

    async remove(policyId) {
      const { count } = await prisma.retentionPolicy.deleteMany({ where: { id: policyId } });
      if (count === 0) throw new Problem("policy_not_found", `No retention policy ${policyId}.`);
    },

    async preview(spec) {
      await assertStudy(spec?.studyId);
      const rows = await rowsOf<{ preview: RetentionPreview }>(pool, previewRetention, [parameter(await held(spec))]);
      return rows[0]!.preview;
    },

    async deleteDue(limit) {
      const policies = await list();
      if (policies.length === 0) return { runs: [], blobs: [] };
      type Due = { id: RunId; studyId: StudyId | null };
      const due = await rowsOf<Due>(pool, selectGoing, [parameter(policies), limit]);
      const gone: Due[] = [];
      const blobs: string[] = [];
      for (const run of due) {
        try {
          blobs.push(...(await runs.remove(run.id)).blobs);
          gone.push(run);
        } catch (error) {
          // Needed, retried or deleted since it was looked up.
          if (!(error instanceof Problem)) throw error;
        }
      }
      return { runs: gone, blobs };
    },

    async thinDue(limit) {
      const policies = await list();
      if (policies.length === 0) return [];
      const done: { id: RunId; attempt: number }[] = [];
      for (const { id } of await rowsOf<{ id: RunId }>(pool, selectThinning, [parameter(policies), limit])) {
        const rewritten = await thinSystem(pool, id);
        if (rewritten) done.push(rewritten);
      }
      return done;
    },
  };
}
