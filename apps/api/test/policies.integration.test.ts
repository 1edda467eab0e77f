import type { Policy, Preview, ProblemBody, Run } from "@etude/contracts";
import { policyFile } from "@etude/contracts";
import { expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { type Answer, createRun, nobody, problemOf, smallRun, startApi } from "./harness.ts";
import { Worker } from "./worker.ts";

const { url } = await withDatabase();
const api = await startApi(url);
const { call, db, blobs } = api;

/** Checks which problem was answered and returns its words. */
function refusal(answer: Answer, status: number, code: ProblemBody["code"]): string {
  const problem = problemOf(answer);
  expect(problem).toMatchObject({ status, code });
  return problem.detail ?? "";
}

const train = async (config: object, more: object = {}) => call("createPolicy", { payload: { config, ...more } });

const shippedWeights = async (id: string): Promise<object> =>
  (await call("getPolicyWeights", { params: { policyId: id } })).json<object>();

/** A policy whose training has ended, with the weights of the shipped one. */
async function trained(family: "deep" | "nmf"): Promise<Policy> {
  const policy = (await train({ family })).json<Policy>();
  const worker = await Worker.claim(api, policy.id);
  const bytes = new TextEncoder().encode(JSON.stringify(await shippedWeights(`default-${family}`)));
  const sha256 = await blobs.put(bytes);
  const file = { name: policyFile, sha256, bytes: bytes.length, mediaType: "application/json" };
  await db.artifacts.record(policy.id, worker.attempt, file);
  await worker.finish();
  return policy;
}

test("the shipped policies can be listed, read and downloaded", async () => {
  const { policies } = (await call("listPolicies")).json<{ policies: Policy[] }>();
  expect(policies.filter(({ status }) => status === "shipped").map(({ id }) => id)).toEqual([
    "default-deep",
    "default-nmf",
  ]);
  for (const { id, trained } of policies) {
    expect(trained!.heldOut.trueImprovement).toBeGreaterThan(trained!.heldOut.constant);
    const policy = (await call("getPolicy", { params: { policyId: id } })).json<Policy>();
    expect(policy.samples.length).toBeGreaterThan(0);
    expect(await shippedWeights(id)).toMatchObject({ format: "etude-policy-1", family: policy.family });
  }
});

test("a training is queued as a run, and has weights once it has ended", async () => {
  const answer = await train({ family: "deep", iterations: 3 }, { name: "mine" });
  expect(answer.statusCode).toBe(202);
  const policy = answer.json<Policy>();
  expect(policy).toMatchObject({ name: "mine", family: "deep", status: "queued", version: 2, trained: null });
  const run = (await call("getRun", { params: { runId: policy.id } })).json<Run>();
  expect(run).toMatchObject({ spec: { kind: "policy-training", config: { iterations: 3, environments: 128 } } });
  const early = refusal(await call("getPolicyWeights", { params: { policyId: policy.id } }), 404, "unknown_policy");
  expect(early).toContain("is not trained: its run is queued");
  const done = await trained("deep");
  expect(done.version).toBe(3);
  expect(await shippedWeights(done.id)).toEqual(await shippedWeights("default-deep"));
  const read = (await call("getPolicy", { params: { policyId: done.id } })).json<Policy>();
  expect(read.status).toBe("completed");
  expect(read.trained!.updates).toBeGreaterThan(0);
});

test("a run and a preview follow a trained policy; one that is not trained is refused", async () => {
  const { id } = await trained("deep");
  const schedule = { kind: "learned", rate: 0.1, policy: id } as const;
  const run = await createRun(api, { ...smallRun, schedule });
  expect(await db.runs.get(run.id)).toMatchObject({ spec: { schedule: { kind: "learned", policy: id } } });
  const metrics = Array.from({ length: 50 }, (_, step) => 1 / (1 + step));
  const preview = async (policy: string) =>
    (
      await call("previewSchedule", { payload: { schedule: { ...schedule, policy }, steps: 50, metrics } })
    ).json<Preview>();
  expect((await preview(id)).curve).toEqual((await preview("default-deep")).curve);
  const waiting = (await train({ family: "deep" })).json<Policy>();
  const refused = await call("createRun", { payload: { ...smallRun, schedule: { ...schedule, policy: waiting.id } } });
  expect(refusal(refused, 422, "combination_refused")).toContain("is not trained: its run is queued");
  const missing = await call("createRun", { payload: { ...smallRun, schedule: { ...schedule, policy: nobody } } });
  expect(refusal(missing, 422, "combination_refused")).toContain(`There is no policy ${nobody}`);
});

test("training goes on from an older policy, whose weights travel with it", async () => {
  const { id } = (await train({ family: "nmf", init: "default-nmf" })).json<Policy>();
  const { spec } = await db.runs.get(id as Run["id"]);
  if (spec.kind !== "policy-training") throw new Error("not a training of a policy");
  const bytes = await blobs.get(spec.inputs["init"]!);
  expect(JSON.parse(new TextDecoder().decode(bytes!))).toEqual(await shippedWeights("default-nmf"));
});

test("what cannot be trained is refused with the reason", async () => {
  const refused = async (config: object, status: number, code: ProblemBody["code"]) =>
    refusal(await train(config), status, code);
  expect(await refused({ family: "trees" }, 400, "validation_failed")).toMatch(/family.*deep.*nmf/);
  expect(await refused({ family: "deep", init: "default-nmf" }, 422, "combination_refused")).toContain("of family nmf");
  expect(await refused({ family: "deep", init: nobody }, 404, "unknown_policy")).toContain("There is no policy");
  expect(await refused({ family: "deep", problems: { stored: 1 } }, 404, "no_evidence")).toContain("No finished run");
  expect(await refused({ family: "deep", problems: { analytic: 0, stored: 0 } }, 400, "validation_failed")).toContain(
    "above 0",
  );
  expect(await refused({ family: "deep", environments: 1024 }, 400, "validation_failed")).toContain("at most 16384");
});
