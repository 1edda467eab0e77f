/** From zod issues to the entries of a problem body: the path, what was wrong with the value, and what is allowed. */
import type { ProblemIssue } from "@etude/contracts";
import type { z } from "zod";

type Issue = z.core.$ZodIssue;
type Allowed = NonNullable<ProblemIssue["allowed"]>;

const join = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );

/** The value as a short piece of JSON, for messages. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

const isAllowed = (value: unknown): value is Allowed[number] =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

const missing = (issue: Issue): boolean => issue.code === "invalid_type" && issue.input === undefined;

/** Unit of a size limit, by what the limit counts. */
const unitOf = (origin: string): string =>
  origin === "string" ? " characters" : origin === "array" || origin === "set" || origin === "map" ? " entries" : "";

function bound(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): { message: string; allowed: Allowed } {
  const big = issue.code === "too_big";
  const limit = String(big ? issue.maximum : issue.minimum);
  const unit = unitOf(issue.origin);
  const words = big
    ? issue.inclusive === false
      ? "below"
      : "at most"
    : issue.inclusive === false
      ? "above"
      : "at least";
  const sign = `${big ? "<" : ">"}${issue.inclusive === false ? "" : "="}`;
  const got = unit === "" ? `, got ${shown(issue.input)}` : "";
  return {
    message: `must ${unit === "" ? "be" : "have"} ${words} ${limit}${unit}${got}`,
    allowed: [`${sign} ${limit}`],
  };
}

/** Alternatives of a union that failed: the nearest one speaks, or all of them when they say the same kind of thing. */
function union(issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[]): ProblemIssue[] {
  const discriminator = "discriminator" in issue ? issue.discriminator : undefined;
  if (issue.errors.length === 0 || discriminator !== undefined) {
    const options = "options" in issue && Array.isArray(issue.options) ? issue.options.filter(isAllowed) : [];
    const got = (issue.input as Record<string, unknown> | null | undefined)?.[discriminator ?? ""];
    const at = join([
      ...path,
      ...(discriminator === undefined || path.at(-1) === discriminator ? [] : [discriminator]),
    ]);
    return [{ path: at, message: `must be one of ${options.join(", ")}; got ${shown(got)}`, allowed: options }];
  }
  if (ownWords(issue.message)) return [{ path: join(path), message: issue.message }];
  const branches = issue.errors.filter((branch) => branch.length > 0);
  if (branches.every((branch) => branch.every((one) => one.path.length === 0 && one.code !== "unrecognized_keys"))) {
    const parts = branches.flatMap((branch) => branch.flatMap((one) => describe(one, path)));
    const allowed = [...new Set(parts.flatMap((part) => part.allowed ?? []))];
    const expected = [
      ...allowed.map(String),
      ...branches.flat().flatMap((one) => (one.code === "invalid_type" ? [article(one.expected)] : [])),
    ];
    const other = parts.find((part) => part.message !== "");
    const message =
      expected.length > 0
        ? `must be ${listed([...new Set(expected)])}; got ${shown(issue.input)}`
        : (other?.message ?? "");
    return [{ path: join(path), message, ...(allowed.length === 0 ? {} : { allowed }) }];
  }
  if (branches.every((branch) => branch.every(missing))) {
    const names = branches.map((branch) => branch.map((one) => join(one.path)).join(" and "));
    return [{ path: join(path), message: `must have ${listed(names)}`, allowed: names }];
  }
  const either = alternatives(issue.input, branches);
  if (either) return [{ path: join(path), message: `must have just ${listed(either)}`, allowed: either }];
  // An alternative whose fields were met counts as nearer than one whose fields are missing or unknown.
  const distance = (branch: readonly Issue[]): number =>
    branch.reduce(
      (sum, one) => sum + (missing(one) || one.code === "unrecognized_keys" || one.path.length === 0 ? 10 : 1),
      0,
    );
  const nearest = branches.reduce((best, branch) => (distance(branch) < distance(best) ? branch : best));
  return nearest.flatMap((one) => describe(one, path));
}

/**
 * The fields of each alternative, where that says more than one alternative alone: the value has fields of several
 * (`{ norm, value }`) or of none. Undefined elsewhere.
 */
function alternatives(input: unknown, branches: readonly (readonly Issue[])[]): string[] | undefined {
  const unknown = branches.map((branch) =>
    branch.flatMap((one) => (one.code === "unrecognized_keys" && one.path.length === 0 ? one.keys : [])),
  );
  if (typeof input !== "object" || input === null || unknown.some((keys) => keys.length === 0)) return undefined;
  const given = Object.keys(input);
  const known = given.filter((key) => unknown.some((keys) => !keys.includes(key)));
  if (known.length > 0 && known.length < given.length) return undefined;
  return branches.map((branch, index) =>
    [
      ...given.filter((key) => !unknown[index]?.includes(key)),
      ...branch.filter((one) => missing(one) && one.path.length === 1).map((one) => join(one.path)),
    ].join(" and "),
  );
}

const article = (type: string): string =>
  type === "int" ? "a whole number" : /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

const formats: Readonly<Record<string, string>> = {
  uuid: "must be a UUID",
  datetime: "must be a moment in ISO 8601, such as 2026-01-31T12:00:00Z",
  regex: "has a form that is not allowed",
};

const allowedBy = (issue: Issue): { allowed?: Allowed } =>
  issue.code === "too_big" || issue.code === "too_small" ? { allowed: bound(issue).allowed } : {};

/** zod's own messages name neither field nor range as we do; a message written at the field says it best. */
const ownWords = (message: string): boolean => !/^(Invalid|Too (big|small)|Unrecognized|Number must)/.test(message);

function describe(issue: Issue, prefix: readonly PropertyKey[]): ProblemIssue[] {
  const path = [...prefix, ...issue.path];
  const at = join(path);
  if (ownWords(issue.message) && issue.code !== "invalid_union")
    return [{ path: at, ...allowedBy(issue), message: issue.message }];
  switch (issue.code) {
    case "invalid_type":
      return [
        {
          path: at,
          message: missing(issue)
            ? `is required: ${article(issue.expected)}`
            : `must be ${article(issue.expected)}, got ${shown(issue.input)}`,
        },
      ];
    case "invalid_value": {
      const allowed = issue.values.filter(isAllowed);
      return [{ path: at, message: `must be ${listed(allowed.map(String))}; got ${shown(issue.input)}`, allowed }];
    }
    case "too_big":
    case "too_small":
      return [{ path: at, ...bound(issue) }];
    case "not_multiple_of":
      return [{ path: at, message: `must be a multiple of ${issue.divisor}, got ${shown(issue.input)}` }];
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: join([...path, key]), message: "is not a field known here" }));
    case "invalid_format": {
      const words = formats[issue.format] ?? `must be ${article(issue.format)}`;
      const pattern = issue.format === "regex" && issue.pattern !== undefined ? ` (${issue.pattern})` : "";
      return [{ path: at, message: `${words}${pattern}, got ${shown(issue.input)}` }];
    }
    case "invalid_union":
      return union(issue, path);
    case "invalid_key":
    case "invalid_element":
      return issue.issues.flatMap((one) => describe(one, path));
    default:
      return [{ path: at, message: issue.message }];
  }
}

/**
 * Returns one entry for each thing wrong. Parse with `reportInput: true`, so that messages can show the value; `where`
 * (`query`, `path`) goes before each path and is empty for a body.
 */
export const issuesOf = (error: z.core.$ZodError, where = ""): ProblemIssue[] =>
  error.issues.flatMap((issue) => describe(issue, where === "" ? [] : [where]));

/** The issues as one sentence, for `detail`. */
export const sentence = (issues: readonly ProblemIssue[]): string =>
  issues
    .slice(0, 3)
    .map(({ path, message }) => `${path === "" ? "the body" : path} ${message}`)
    .join("; ") + (issues.length > 3 ? `; and ${issues.length - 3} more` : "");
