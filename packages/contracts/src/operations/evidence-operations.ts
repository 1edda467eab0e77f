/** Operations on evidence, and the advice that follows from it. */
import { z } from "zod";
import { Evidence } from "../evidence.ts";
import {
  CurveImport,
  EvidenceCurves,
  EvidenceCurvesQuery,
  EvidenceExport,
  EvidenceImport,
  EvidencePage,
  EvidenceQuery,
  EvidenceReceipt,
} from "../evidence-query.ts";
import { Recommendation, RecommendationRequest } from "../recommendation.ts";
import { Run } from "../run.ts";
import type { Operation } from "./operation.ts";

export const evidenceOperations = {
  queryEvidence: {
    method: "POST",
    path: "/v1/evidence/query",
    tag: "Evidence",
    scope: "read",
    summary: "Filter and aggregate what finished trainings say",
    body: EvidenceQuery,
    ok: { status: 200, body: EvidencePage },
    problems: ["no_evidence", "unknown_task", "invalid_cursor"],
  },
  averageCurves: {
    method: "POST",
    path: "/v1/evidence/curves",
    tag: "Evidence",
    scope: "read",
    summary: "Average the curves of matching runs, shape by shape, with bands",
    body: EvidenceCurvesQuery,
    ok: { status: 200, body: EvidenceCurves },
    problems: ["no_evidence", "unknown_task"],
  },
  exportEvidence: {
    method: "POST",
    path: "/v1/evidence/export",
    tag: "Evidence",
    scope: "read",
    summary: "Export matching evidence as a data set",
    description: "Answers with the file: text/csv, application/x-ndjson or application/vnd.apache.parquet.",
    body: EvidenceExport,
    ok: { status: 200, body: z.string().meta({ format: "binary", description: "The file." }) },
    problems: ["no_evidence", "unknown_task", "evidence_too_large"],
  },
  importEvidence: {
    method: "POST",
    path: "/v1/evidence/import",
    tag: "Evidence",
    scope: "write",
    summary: "Add rows of evidence",
    description: "Ids and hashes are computed anew; a training that is there already counts once.",
    body: EvidenceImport,
    ok: { status: 200, body: EvidenceReceipt },
    problems: [],
  },
  importCurve: {
    method: "POST",
    path: "/v1/evidence/import-curve",
    tag: "Evidence",
    scope: "write",
    summary: "Add a learning curve from elsewhere",
    description: "Makes an external run with the curve and a row of evidence. The same curve twice is one run.",
    body: CurveImport,
    ok: {
      status: 201,
      body: z.object({ run: Run, evidence: Evidence, added: z.boolean().describe("False: it was there already.") }),
    },
    problems: [],
  },
  recommend: {
    method: "POST",
    path: "/v1/recommendations",
    tag: "Evidence",
    scope: "read",
    summary: "Which schedules to try on a task, how sure, and why",
    body: RecommendationRequest,
    ok: { status: 200, body: Recommendation },
    problems: ["unknown_task"],
  },
} as const satisfies Record<string, Operation>;
