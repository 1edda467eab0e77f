import { Problem } from "@etude/contracts";
import type { Prisma, PrismaClient } from "../generated/client.ts";
import { decodePageMark, encodePageMark, type PageMark } from "../page-cursor.ts";
import type { RunList, Runs } from "../types.ts";
import { toRun } from "./to-run.ts";

type Where = Prisma.RunWhereInput;

/** Prisma leaves the wildcards of LIKE as they are. */
const literally = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

const matching = ({ status, studyId, schedule, model, dataset, optimizer, tag, q }: RunList): Where => ({
  deletedAt: null,
  ...(status && { status: { in: status } }),
  ...(studyId && { studyId }),
  ...(schedule && { scheduleKind: schedule }),
  ...(model && { modelKind: model }),
  ...(dataset && { datasetKind: dataset }),
  ...(optimizer && { optimizerKind: optimizer }),
  ...(tag && { tags: { hasEvery: tag } }),
  ...(q && { name: { contains: literally(q), mode: "insensitive" } }),
});

/** Each order: the column that leads it, if any besides the number. Losses that are not known come last. */
const leads = {
  newest: null,
  oldest: null,
  "best-validation-loss": "bestValidationLoss",
  "final-validation-loss": "finalValidationLoss",
  name: "name",
} as const satisfies Record<RunList["order"], string | null>;

function orderBy(order: RunList["order"]): Prisma.RunOrderByWithRelationInput[] {
  const lead = leads[order];
  if (lead === null) return [{ number: order === "newest" ? "desc" : "asc" }];
  return [lead === "name" ? { name: "asc" } : { [lead]: { sort: "asc", nulls: "last" } }, { number: "asc" }];
}

/** Rows after the mark, in the order. */
function after({ number, value }: PageMark, order: RunList["order"]): Where {
  if (order === "newest") return { number: { lt: number } };
  const later = { number: { gt: number } };
  if (order === "oldest") return later;
  if (order === "name") {
    if (typeof value !== "string") throw new Problem("invalid_cursor");
    return { OR: [{ name: { gt: value } }, { name: value, ...later }] };
  }
  const lead = leads[order];
  if (typeof value === "string") throw new Problem("invalid_cursor");
  if (value === null) return { [lead]: null, ...later };
  return { OR: [{ [lead]: { gt: value } }, { [lead]: value, ...later }, { [lead]: null }] };
}

/** One page of runs by keyset: rows created meanwhile neither repeat nor hide others. */
export const list =
  (prisma: PrismaClient): Runs["list"] =>
  async (filter) => {
    const { order, cursor, limit } = filter;
    const where = matching(filter);
    const page: Where = cursor ? { AND: [where, after(decodePageMark(cursor, order), order)] } : where;
    const [rows, total] = await prisma.$transaction([
      prisma.run.findMany({ where: page, orderBy: orderBy(order), take: limit + 1 }),
      prisma.run.count({ where }),
    ]);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const lead = leads[order];
    const next = last && encodePageMark({ order, number: last.number, value: lead === null ? null : last[lead] });
    return { runs: rows.slice(0, limit).map(toRun), next: next ?? null, total };
  };
