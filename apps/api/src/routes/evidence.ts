import { Readable } from "node:stream";
import { NewEvidence, NewEvidenceTask } from "@etude/contracts";
import { cellsOf, completeEvidence } from "@etude/learning";
import type { FastifyInstance } from "fastify";
import { averageCurves } from "../evidence/average.ts";
import { conditionOf, refuseNothing } from "../evidence/condition.ts";
import { exportEvidence } from "../evidence/export.ts";
import { importCurve } from "../evidence/import-curve.ts";
import type { Past } from "../evidence/past.ts";
import type { Parts } from "../parts.ts";
import { announce } from "../runs/announce.ts";
import { serve } from "../serve.ts";

/** A thousand rows, or a curve of 200 000 points, as JSON. */
const maxImportBytes = 16 * 1024 * 1024;

/** Hashes that came along may be of an older Etude: they are dropped and computed anew. */
const Given = NewEvidence.extend({ task: NewEvidenceTask.strip() }).strip();

/** What finished trainings say: questions, files, additions. */
export function evidenceRoutes(app: FastifyInstance, { db, bus }: Pick<Parts, "db" | "bus">, past: Past): void {
  serve(app, "queryEvidence", async ({ body }) => {
    const { filter, by, ...page } = body;
    const condition = await conditionOf(filter, past);
    const found = by === "row" ? await db.evidence.byRow(condition, page) : await db.evidence.byCell(condition, page);
    if (found.total === 0) refuseNothing(filter);
    const { rows, next, total } = found;
    return by === "row" ? { rows, cells: [], next, total } : { rows: [], cells: cellsOf(rows), next, total };
  });

  serve(app, "averageCurves", ({ body }) => averageCurves(db, past, body));

  serve(app, "exportEvidence", async ({ body, reply }) => {
    const { type, content } = await exportEvidence(db, past, body);
    return reply.type(type).send(content instanceof Uint8Array ? Buffer.from(content.buffer) : Readable.from(content));
  });

  serve(
    app,
    "importEvidence",
    async ({ body }) => {
      const rows = body.rows.map((row) => completeEvidence(Given.parse(row)));
      return { received: rows.length, added: await db.evidence.add(rows) };
    },
    { bodyLimit: maxImportBytes },
  );

  serve(
    app,
    "importCurve",
    async ({ body }) => {
      const imported = await importCurve(db, body);
      if (imported.added) announce(bus, "created", imported.run);
      return imported;
    },
    { bodyLimit: maxImportBytes },
  );
}
