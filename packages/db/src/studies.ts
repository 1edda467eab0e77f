import { Problem, type RunId, type Study, StudyId } from "@etude/contracts";
import type { PrismaClient, Study as Row } from "./generated/client.ts";
import { decodePageMark, encodePageMark } from "./page-cursor.ts";
import type { Studies } from "./types.ts";

/** Runs of each study by status. */
async function statuses(prisma: PrismaClient, studyIds: string[]): Promise<Map<string, Study["runs"]>> {
  const rows = await prisma.run.groupBy({
    by: ["studyId", "status"],
    where: { studyId: { in: studyIds }, deletedAt: null },
    _count: true,
  });
  const found = new Map<string, Record<string, number>>();
  for (const { studyId, status, _count } of rows) {
    if (studyId) found.set(studyId, { ...found.get(studyId), [status]: _count });
  }
  return found;
}

const toStudy = ({ id, name, note, createdAt }: Row, runs: Study["runs"] = {}): Study => ({
  id: id as StudyId,
  name,
  note,
  runs,
  createdAt: createdAt.toISOString(),
});

export function createStudies(prisma: PrismaClient): Studies {
  /** The study of this name, made when there is none; two callers at once get the same one. */
  const insert = (name: string, note = ""): Promise<Row[]> =>
    prisma.study.createManyAndReturn({ data: [{ name, note }], skipDuplicates: true });

  return {
    async create({ name, note }) {
      const [row] = await insert(name, note);
      if (!row) throw new Problem("study_exists", `A study named "${name}" exists.`);
      return toStudy(row);
    },

    async get(studyId) {
      const row = await prisma.study.findUnique({ where: { id: studyId } });
      if (!row) throw new Problem("study_not_found", `No study ${studyId}.`);
      return toStudy(row, (await statuses(prisma, [studyId])).get(studyId));
    },

    async list({ limit, cursor }) {
      const rows = await prisma.study.findMany({
        ...(cursor && { where: { number: { lt: decodePageMark(cursor, "newest").number } } }),
        orderBy: { number: "desc" },
        take: limit + 1,
      });
      const page = rows.slice(0, limit);
      const runs = await statuses(
        prisma,
        page.map(({ id }) => id),
      );
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        studies: page.map((row) => toStudy(row, runs.get(row.id))),
        next: last ? encodePageMark({ order: "newest", number: last.number, value: null }) : null,
      };
    },

    async resolve(ref) {
      const id = StudyId.safeParse(ref);
      if (id.success) {
        const row = await prisma.study.findUnique({ where: { id: id.data }, select: { id: true } });
        if (!row) throw new Problem("study_not_found", `No study ${ref}.`);
        return id.data;
      }
      const [made] = await insert(ref);
      const row = made ?? (await prisma.study.findUniqueOrThrow({ where: { name: ref } }));
      return row.id as StudyId;
    },

    async runIds(studyId) {
      const rows = await prisma.run.findMany({
        where: { studyId, deletedAt: null },
        select: { id: true },
        orderBy: { number: "asc" },
      });
      return rows.map(({ id }) => id as RunId);
    },
  };
}
