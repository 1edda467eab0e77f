import { isEnded, Problem, type StudyPlan, type StudyRunSpec } from "@etude/contracts";
import { checkPlan, studyProblems, type Suite } from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";
import type { Blobs } from "@etude/service";
import type { FastifyInstance } from "fastify";
import { submit, type SubmitParts } from "../runs/submit.ts";
import { serve } from "../serve.ts";

let problems: Promise<Suite> | undefined;

/** Throws Problem combination_refused where the plan names what the suite has not. */
async function assertFits(plan: StudyPlan): Promise<void> {
  problems ??= readSuiteFiles().then(studyProblems);
  const defects = checkPlan(plan, await problems);
  if (defects.length === 0) return;
  const issues = defects.map((message) => ({ path: "plan", message }));
  throw new Problem("combination_refused", `The plan does not fit: ${defects.join("; ")}`, issues);
}

/** Studies: runs that belong together, and those that follow a plan. */
export function studyRoutes(app: FastifyInstance, parts: SubmitParts & { readonly blobs: Blobs }): void {
  const { db, blobs } = parts;

  serve(app, "createStudy", async ({ body: { plan, pool, ...study } }) => {
    if (!plan) return db.studies.create(study);
    await assertFits(plan);
    const created = await db.studies.create(study);
    const spec: StudyRunSpec = { kind: "study", name: study.name, plan, pool, tags: {}, inputs: {} };
    await submit(parts, { specs: [spec], study: created.id });
    return db.studies.get(created.id);
  });

  serve(app, "listStudies", ({ query }) => db.studies.list(query));
  serve(app, "getStudy", ({ params }) => db.studies.get(params.studyId));

  serve(app, "getStudyReport", async ({ params, reply }) => {
    const { name } = await db.studies.get(params.studyId);
    const runs = await db.runs.getMany(await db.studies.runIds(params.studyId));
    const planned = runs.filter(({ spec }) => spec.kind === "study");
    for (const run of planned.toReversed()) {
      const report = (await db.artifacts.list(run.id)).find((artifact) => artifact.name === "report.json");
      const bytes = report && (await blobs.get(report.sha256));
      if (bytes) return reply.type("application/json; charset=utf-8").send(Buffer.from(bytes));
    }
    const last = planned.at(-1);
    if (!last) throw new Problem("artifact_not_found", `The study ${name} has no plan, so nothing reports on it.`);
    const state = isEnded(last.status) ? `ended as ${last.status}` : `is ${last.status} at run ${last.step}`;
    throw new Problem("artifact_not_found", `The study ${name} ${state}; the report comes when it is complete.`);
  });
}
