import { ProblemBody, type ProblemCode, type ProblemIssue, problems } from "@etude/contracts";

/**
 * `unreachable`: no answer at all. `unexpected_answer`: something answered that does not speak Etude's language.
 * Otherwise a code of the server's catalogue; a newer server may know more of them.
 */
export type EtudeErrorCode = ProblemCode | "unreachable" | "unexpected_answer" | (string & {});

export interface EtudeErrorContent {
  readonly code: EtudeErrorCode;
  /** HTTP status; 0 when nothing answered. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** What to do about it, one sentence. */
  readonly remedy: string;
  readonly errors?: readonly ProblemIssue[] | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** Everything that goes wrong between this client and a server. `message` is the detail. */
export class EtudeError extends Error {
  readonly code: EtudeErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  /** For `validation_failed`: one entry for each thing wrong, with its path and what is allowed. */
  readonly errors: readonly ProblemIssue[];
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(content: EtudeErrorContent) {
    super(content.detail, content.cause === undefined ? undefined : { cause: content.cause });
    this.name = "EtudeError";
    this.code = content.code;
    this.status = content.status;
    this.title = content.title;
    this.detail = content.detail;
    this.remedy = content.remedy;
    this.errors = content.errors ?? [];
    this.requestId = content.requestId;
    this.retryAfterSeconds = content.retryAfterSeconds;
  }
}

/** The error of a server that gave no answer. */
export function unreachable(url: string, cause?: unknown): EtudeError {
  return new EtudeError({
    code: "unreachable",
    status: 0,
    title: "No server answers",
    detail: `Nothing answers at ${url}${reasonOf(cause)}.`,
    remedy: "Start Etude with `npm start`, or give the address of a running server.",
    cause,
  });
}

/** Node wraps the telling error (ECONNREFUSED, ENOTFOUND) once or twice; browsers tell nothing. */
function reasonOf(cause: unknown): string {
  for (let at = cause; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return ` (${at.code})`;
  }
  return "";
}

/** The error in an answer that is not 2xx: its problem+json body, or a description of what came instead. */
export async function errorOfResponse(response: Response): Promise<EtudeError> {
  const text = await response.text().catch(() => "");
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterSeconds = Number.isFinite(retryAfter) ? retryAfter : undefined;
  const problem = ProblemBody.safeParse(parseJson(text));
  if (problem.success) return new EtudeError({ ...problem.data, retryAfterSeconds });
  return unexpectedAnswer(response, text, retryAfterSeconds);
}

/** The error of an answer that no Etude server gives: a proxy's page, another program on the port. */
export function unexpectedAnswer(response: Response, text: string, retryAfterSeconds?: number): EtudeError {
  const start = text.trim().slice(0, 120);
  return new EtudeError({
    code: "unexpected_answer",
    status: response.status,
    title: "This is no answer of Etude",
    detail:
      `${response.url} answered ${response.status} ${response.statusText}${start === "" ? "" : `: ${start}`}`.trim(),
    remedy: "Check the address: another program or a proxy may be answering there.",
    retryAfterSeconds,
  });
}

/** The error that a `problem` frame of a socket stands for. */
export function errorOfFrame(frame: { code: string; title: string; detail: string }): EtudeError {
  const known = Object.hasOwn(problems, frame.code) ? problems[frame.code as ProblemCode] : undefined;
  return new EtudeError({ ...frame, status: known?.status ?? 500, remedy: known?.remedy ?? "See the server's log." });
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True when the same request may succeed later. */
export const mayPass = (error: unknown): error is EtudeError =>
  error instanceof EtudeError &&
  (error.code === "unreachable" || error.status === 408 || error.status === 429 || error.status >= 500);
