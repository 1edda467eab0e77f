import { z } from "zod";
import { type ProblemCode, problems } from "./problems.ts";

/** One thing wrong with a request. */
export const ProblemIssue = z
  .object({
    path: z.string().describe("Where, as a JSON pointer-like path: schedule.rate"),
    message: z.string(),
    allowed: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .meta({ id: "ProblemIssue" });
export type ProblemIssue = z.output<typeof ProblemIssue>;

/** The body of every error (RFC 9457, application/problem+json). */
export const ProblemBody = z
  .object({
    type: z.string().describe("/docs/errors#<code>"),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    remedy: z.string(),
    requestId: z.string().optional(),
    errors: z.array(ProblemIssue).optional(),
  })
  .meta({ id: "Problem" });
export type ProblemBody = z.output<typeof ProblemBody>;

/** Thrown anywhere; becomes a problem body over HTTP and a `problem` frame on a socket. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly issues: readonly ProblemIssue[];
  constructor(code: ProblemCode, detail?: string, issues: readonly ProblemIssue[] = []) {
    super(detail ?? problems[code].title);
    this.name = "Problem";
    this.code = code;
    this.status = problems[code].status;
    this.issues = issues;
  }

  body(requestId?: string): ProblemBody {
    const { title, remedy, status } = problems[this.code];
    return {
      type: `/docs/errors#${this.code}`,
      title,
      status,
      code: this.code,
      detail: this.message,
      remedy,
      ...(requestId === undefined ? {} : { requestId }),
      ...(this.issues.length === 0 ? {} : { errors: [...this.issues] }),
    };
  }
}
