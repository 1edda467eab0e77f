/** Operations on studies. */
import { z } from "zod";
import { StudyId } from "../ids.ts";
import { Study, StudySpec } from "../study.ts";
import { type Operation, page } from "./operation.ts";

export const studyOperations = {
  createStudy: {
    method: "POST",
    path: "/v1/studies",
    tag: "Studies",
    scope: "write",
    summary: "Make a study, with a plan also run it",
    description:
      "With a plan the study runs on the array engine as one queued run; its report is at GET /v1/studies/{id}/report.",
    body: StudySpec,
    ok: { status: 201, body: Study },
    problems: ["study_exists", "combination_refused"],
  },
  listStudies: {
    method: "GET",
    path: "/v1/studies",
    tag: "Studies",
    scope: "read",
    summary: "List studies, newest first",
    query: z.object(page),
    ok: { status: 200, body: z.object({ studies: z.array(Study), next: z.string().nullable() }) },
    problems: ["invalid_cursor"],
  },
  getStudy: {
    method: "GET",
    path: "/v1/studies/:studyId",
    tag: "Studies",
    scope: "read",
    summary: "Read one study",
    params: z.object({ studyId: StudyId }),
    ok: { status: 200, body: Study },
    problems: ["study_not_found"],
  },
  getStudyReport: {
    method: "GET",
    path: "/v1/studies/:studyId/report",
    tag: "Studies",
    scope: "read",
    summary: "Report of a study that has run by a plan",
    description: "Verdicts, tables and curves as JSON. The run's artifacts hold the same as Markdown with figures.",
    params: z.object({ studyId: StudyId }),
    ok: { status: 200, body: z.unknown() },
    problems: ["study_not_found", "artifact_not_found"],
  },
} as const satisfies Record<string, Operation>;
