/**
 * The state of every page as its URL's query: plain names and values that a person can read and change. A value that is
 * not understood counts as absent; defaults are left out of the URL.
 */
import { runStatuses, type RunStatus } from "@etude/contracts";

/** What a query string holds before a page reads it. */
export type RawSearch = Readonly<Record<string, unknown>>;

/** Reads a query string; of a repeated name the last value counts. */
export const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

/** Writes a query string: lists with commas, true as 1; absent, empty and false values are left out. */
export function stringifySearch(search: RawSearch): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    const text = Array.isArray(value) ? value.join(",") : value === true ? "1" : value === false ? "" : value;
    if (text !== undefined && text !== null && text !== "") query.set(name, String(text));
  }
  // Commas and slashes are allowed in a query and read better as they are.
  const written = query.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return written === "" ? "" : `?${written}`;
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;

const list = (value: unknown): string[] | undefined => {
  const items = Array.isArray(value) ? value.map(String) : (text(value)?.split(",") ?? []);
  const unique = [...new Set(items.filter((item) => item !== ""))];
  return unique.length === 0 ? undefined : unique;
};

const number = (value: unknown, low: number, high: number): number | undefined => {
  const read = text(value);
  if (read === undefined) return undefined;
  const parsed = Number(read);
  return parsed >= low && parsed <= high ? parsed : undefined;
};

const flag = (value: unknown): true | undefined => (value === true || value === "1" ? true : undefined);

const oneOf = <const Word extends string>(value: unknown, words: readonly Word[]): Word | undefined =>
  words.find((word) => word === value);

/** Drops absent entries, so that two equal states are equal objects. */
const compact = <Search extends object>(search: Search): Partial<Search> =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Partial<Search>;

export const runOrders = ["newest", "oldest", "best-validation-loss", "final-validation-loss", "name"] as const;

export const readRunsSearch = (raw: RawSearch) =>
  compact({
    q: text(raw["q"]),
    where: text(raw["where"]),
    status: list(raw["status"])?.filter((one): one is RunStatus => runStatuses.includes(one as RunStatus)),
    schedule: text(raw["schedule"]),
    model: text(raw["model"]),
    dataset: text(raw["dataset"]),
    optimizer: text(raw["optimizer"]),
    order: oneOf(raw["order"], runOrders),
    selected: list(raw["selected"]),
    cursor: text(raw["cursor"]),
  });
export type RunsSearch = ReturnType<typeof readRunsSearch>;

/** Steps that the training loss is smoothed over when nobody chose. */
export const defaultSmoothing = 10;

/** How curves are shown, on any page that has some. */
const chartSearch = (raw: RawSearch) => {
  const from = number(raw["from"], 0, Number.MAX_VALUE);
  const to = number(raw["to"], 0, Number.MAX_VALUE);
  const zoomed = from !== undefined && to !== undefined && from < to;
  return {
    log: flag(raw["log"]),
    smooth: number(raw["smooth"], 0, 1e6),
    from: zoomed ? from : undefined,
    to: zoomed ? to : undefined,
  };
};

export const runTabs = ["overview", "series", "config", "log", "next", "files"] as const;

export const readRunSearch = (raw: RawSearch) =>
  compact({ ...chartSearch(raw), tab: oneOf(raw["tab"], runTabs), keys: list(raw["keys"]) });
export type RunSearch = ReturnType<typeof readRunSearch>;

export const compareMetrics = ["validation/loss", "train/loss", "validation/accuracy"] as const;
export const xAxes = ["step", "progress"] as const;

export const readCompareSearch = (raw: RawSearch) =>
  compact({
    ...chartSearch(raw),
    runs: list(raw["runs"]),
    base: text(raw["base"]),
    x: oneOf(raw["x"], xAxes),
    metric: oneOf(raw["metric"], compareMetrics),
    sort: text(raw["sort"]),
    differ: flag(raw["differ"]),
    target: number(raw["target"], -Number.MAX_VALUE, Number.MAX_VALUE),
  });
export type CompareSearch = ReturnType<typeof readCompareSearch>;

export const readStudySearch = (raw: RawSearch) =>
  compact({
    ...chartSearch(raw),
    x: oneOf(raw["x"], xAxes),
    metric: oneOf(raw["metric"], compareMetrics),
    runs: flag(raw["runs"]),
    problem: text(raw["problem"]),
  });
export type StudySearch = ReturnType<typeof readStudySearch>;

export const readSubmitSearch = (raw: RawSearch) =>
  compact({
    from: text(raw["from"]),
    step: number(raw["step"], 1, Number.MAX_SAFE_INTEGER),
    spec: text(raw["spec"]),
    study: text(raw["study"]),
  });

export const objectives = ["train-loss", "validation-loss"] as const;

export const readLearnSearch = (raw: RawSearch) =>
  compact({
    known: text(raw["known"]),
    spec: text(raw["spec"]),
    k: number(raw["k"], 1, 10),
    objective: oneOf(raw["objective"], objectives),
  });
export type LearnSearch = ReturnType<typeof readLearnSearch>;

export const readLoginSearch = (raw: RawSearch) => compact({ next: text(raw["next"]) });
