/** What an operation is, and what several of them share. */
import { z } from "zod";
import type { Scope } from "../access.ts";
import { RunId, StudyId } from "../ids.ts";
import type { ProblemCode } from "../problems.ts";
import { StudyName } from "../study.ts";

export interface Operation {
  readonly method: "GET" | "POST" | "DELETE" | "PATCH";
  readonly path: string;
  readonly tag:
    | "Runs"
    | "External runs"
    | "History"
    | "Queries"
    | "Schedules"
    | "Studies"
    | "Evidence"
    | "Laws"
    | "Policies"
    | "Uploads"
    | "Access"
    | "Server";
  readonly summary: string;
  readonly description?: string;
  /** What a key must be allowed; `none` is open to everybody. */
  readonly scope: Scope | "none";
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Content types of the body, where they are others than JSON. */
  readonly consumes?: readonly string[];
  readonly ok: { readonly status: 200 | 201 | 202 | 204; readonly body?: z.ZodType };
  readonly problems: readonly ProblemCode[];
}

export const runParams = z.object({ runId: RunId });
export const StudyRef = z.union([StudyId, StudyName]).describe("Id of a study, or a name: made when no study has it.");

/** How many rows a page has, and where it starts. */
export const page = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional().describe("`next` of the page before."),
};
export const oneOrMore = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]);
