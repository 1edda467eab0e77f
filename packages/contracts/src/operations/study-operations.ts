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
    summary: "Make a study",
    body: StudySpec,
    ok: { status: 201, body: Study },
    problems: ["study_exists"],
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
} as const satisfies Record<string, Operation>;
