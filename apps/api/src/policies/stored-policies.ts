/** The policies there are: those that ship with Etude, and one for each run that trains one. */
import type { PolicyFamily } from "@etude/catalog";
import {
  type Policy,
  PolicyArtifact,
  policyFile,
  type PolicyTrainingSpec,
  Problem,
  type Run,
  RunId,
} from "@etude/contracts";
import { readShippedPolicies } from "@etude/learning/policies";
import type { Parts } from "../parts.ts";

type Stores = Pick<Parts, "db" | "blobs">;
type PolicyRun = Run & { readonly spec: PolicyTrainingSpec };

const isPolicyRun = (run: Run): run is PolicyRun => run.spec.kind === "policy-training";

/** How a family's trainings are found among all runs. */
const modelOf = (family: PolicyFamily): string => `policy-training · ${family}`;

const unknown = (id: string): Problem =>
  new Problem("unknown_policy", `There is no policy ${id}; default-deep and default-nmf ship with Etude.`);

/** The run that trains the policy. Throws Problem unknown_policy. */
async function runOf({ db }: Pick<Stores, "db">, id: string): Promise<PolicyRun> {
  const runId = RunId.safeParse(id);
  if (!runId.success) throw unknown(id);
  const run = await db.runs.get(runId.data).catch((error: unknown) => {
    throw error instanceof Problem && error.code === "run_not_found" ? unknown(id) : error;
  });
  if (!isPolicyRun(run)) throw new Problem("unknown_policy", `Run ${id} trains no policy.`);
  return run;
}

/** SHA-256 of the policy's file. Throws Problem unknown_policy where it has not been trained. */
export async function trainedFile(stores: Pick<Stores, "db">, id: string): Promise<{ sha256: string; run: PolicyRun }> {
  const run = await runOf(stores, id);
  const found = (await stores.db.artifacts.list(run.id)).find(({ name }) => name === policyFile);
  if (!found) throw new Problem("unknown_policy", `Policy ${id} is not trained: its run is ${run.status}.`);
  return { sha256: found.sha256, run };
}

/** The whole policy. Throws Problem unknown_policy. */
export async function readPolicy(stores: Stores, id: string): Promise<PolicyArtifact> {
  const shipped = (await readShippedPolicies()).get(id);
  if (shipped) return shipped;
  const { sha256 } = await trainedFile(stores, id);
  const bytes = await stores.blobs.get(sha256);
  if (!bytes) throw new Problem("unknown_policy", `The weights of policy ${id} are gone from the blob store.`);
  return PolicyArtifact.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

function trainedOf({ features, trainedWith }: PolicyArtifact): Policy["trained"] {
  const { storedTasks, updates, seconds, engine, command, heldOut } = trainedWith;
  return { features, storedTasks, updates, seconds, engine, command, heldOut };
}

function shippedPolicy(name: string, artifact: PolicyArtifact): Policy {
  return {
    id: name,
    name,
    family: artifact.family,
    status: "shipped",
    version: 1,
    config: artifact.trainedWith.config,
    trained: trainedOf(artifact),
    samples: artifact.trainedWith.samples,
    createdAt: null,
  };
}

async function policyOfRun(stores: Stores, run: PolicyRun, version: number): Promise<Policy> {
  const artifact = run.status === "completed" ? await readPolicy(stores, run.id) : undefined;
  return {
    id: run.id,
    name: run.name,
    family: run.spec.config.family,
    status: run.status,
    version,
    config: run.spec.config,
    trained: artifact ? trainedOf(artifact) : null,
    samples: artifact?.trainedWith.samples ?? [],
    createdAt: run.createdAt,
  };
}

/** Trainings of a family, the oldest first, all of them: their place gives the version. The shipped one is version 1. */
async function trainings({ db }: Pick<Stores, "db">, family: PolicyFamily): Promise<PolicyRun[]> {
  const found: PolicyRun[] = [];
  let cursor: string | undefined;
  do {
    const page = await db.runs.list({ order: "oldest", model: modelOf(family), limit: 500, cursor });
    found.push(...page.runs.filter(isPolicyRun));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

/** One policy with its samples. Throws Problem unknown_policy. */
export async function getPolicy(stores: Stores, id: string): Promise<Policy> {
  const shipped = (await readShippedPolicies()).get(id);
  if (shipped) return shippedPolicy(id, shipped);
  const run = await runOf(stores, id);
  const all = await trainings(stores, run.spec.config.family);
  return policyOfRun(stores, run, 2 + all.findIndex((other) => other.id === run.id));
}

/** The policies of a family: the shipped one, then those trained here, newest first, without samples. */
export async function listPolicies(stores: Stores, family: PolicyFamily, limit: number): Promise<Policy[]> {
  const shipped = [...(await readShippedPolicies())].filter(([, artifact]) => artifact.family === family);
  const own = (await trainings(stores, family)).map((run, at) => ({ run, version: at + 2 }));
  const newest = own.toReversed().slice(0, limit);
  const all = [
    ...shipped.map(([name, artifact]) => shippedPolicy(name, artifact)),
    ...(await Promise.all(newest.map(({ run, version }) => policyOfRun(stores, run, version)))),
  ];
  return all.map((policy) => ({ ...policy, samples: [] }));
}
