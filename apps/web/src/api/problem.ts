import { EtudeError } from "@etude/sdk";

/** An error as people read it: what went wrong, the particulars, and what to do. */
export interface ProblemText {
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
}

/** Words for anything that was thrown. */
export function describeError(error: unknown): ProblemText {
  if (error instanceof EtudeError) {
    return {
      title: error.title,
      detail: error.detail === error.title ? "" : error.detail,
      remedy: error.remedy,
      issues: error.errors.map(({ path, message, allowed }) => ({
        path,
        message: allowed?.length ? `${message} (allowed: ${allowed.join(", ")})` : message,
      })),
    };
  }
  return {
    title: "The dashboard failed",
    detail: error instanceof Error ? error.message : String(error),
    remedy: "Reload the page; if it happens again, report it with what you did.",
    issues: [],
  };
}

/** True when the server asks for a key. */
export const needsLogin = (error: unknown): boolean => error instanceof EtudeError && error.status === 401;

/** True when asking again later may help: the server is away, starting, or under pressure. */
export const isPassing = (error: unknown): error is EtudeError =>
  error instanceof EtudeError && (error.status === 0 || error.status === 429 || error.status >= 500);

/** What went wrong with a query: its error, or while it still tries for the first time the reason of the last failure. */
export const problemOf = (query: {
  readonly data: unknown;
  readonly error: Error | null;
  readonly failureReason: Error | null;
}): Error | null => query.error ?? (query.data === undefined ? query.failureReason : null);
