import { type Run, RunId, type RunStatus } from "@etude/contracts";
import type { Client } from "@etude/sdk";
import { UsageError } from "./exit-codes.ts";
import { shortId } from "./format/run.ts";

export const runArgument = "id, end of an id as `list` shows it, name, or `latest`";

/**
 * Finds the run that a user means: a whole id, the end (or start) of one, an exact name (its newest run), or `latest`.
 * Looks through the newest 500 runs. Throws a UsageError when none or several fit, an EtudeError for a whole id that is
 * unknown.
 */
export async function findRun(client: Client, reference: string, signal: AbortSignal): Promise<Run> {
  if (RunId.safeParse(reference).success) return client.getRun({ runId: reference, signal });
  const { runs } = await client.listRuns({ limit: reference === "latest" ? 1 : 500, signal });
  const first = runs[0];
  if (first === undefined)
    throw new UsageError("There are no runs yet.", "Make one: etude submit --schedule greedy --rate 0.1");
  if (reference === "latest") return first;
  const wanted = reference.toLowerCase();
  const byId = runs.filter(({ id }) => id.endsWith(wanted) || (wanted.length >= 4 && id.startsWith(wanted)));
  const found = byId.length > 0 ? byId : runs.filter(({ name }) => name === reference).slice(0, 1);
  const [run, second] = found;
  if (run === undefined)
    throw new UsageError(`No run is called ${JSON.stringify(reference)}.`, `Give an ${runArgument}.`);
  if (second === undefined) return run;
  const some = found.slice(0, 4).map(({ id, name }) => `${shortId(id)} (${name})`);
  throw new UsageError(
    `${found.length} runs fit ${JSON.stringify(reference)}: ${some.join(", ")} …`,
    "Give more of the id.",
  );
}

/** Finds several runs, in the order given. */
export async function findRuns(client: Client, references: readonly string[], signal: AbortSignal): Promise<Run[]> {
  const runs: Run[] = [];
  for (const reference of references) runs.push(await findRun(client, reference, signal));
  return runs;
}

/** All runs of a study (id or name) with one of the statuses, oldest first. */
export async function runsOfStudy(
  client: Client,
  reference: string,
  signal: AbortSignal,
  status?: RunStatus[],
): Promise<Run[]> {
  const studyId = await findStudyId(client, reference, signal);
  const runs: Run[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await client.listRuns({ studyId, order: "oldest", limit: 500, cursor, signal, status });
    runs.push(...page.runs);
    if (page.next === null) return runs;
    cursor = page.next;
  }
}

/** The id of a study given by id or name. Throws a UsageError when there is none of that name. */
export async function findStudyId(client: Client, reference: string, signal: AbortSignal): Promise<string> {
  if (RunId.safeParse(reference).success) return reference;
  for (let cursor: string | undefined; ;) {
    const page = await client.listStudies({ limit: 500, cursor, signal });
    const study = page.studies.find(({ name }) => name === reference);
    if (study !== undefined) return study.id;
    if (page.next === null) {
      const known = page.studies.slice(0, 5).map(({ name }) => name);
      const remedy =
        known.length === 0 ? "There are no studies yet; submit with --study NAME." : `Known: ${known.join(", ")}.`;
      throw new UsageError(`No study is called ${JSON.stringify(reference)}.`, remedy);
    }
    cursor = page.next;
  }
}
