import { PolicyArtifact, policyFile, PolicyTrainingSpec } from "@etude/contracts";
import { expect, test } from "vitest";
import { policyTraining } from "../../src/work/policy-training.ts";
import type { WorkContext } from "../../src/work/work.ts";

const spec = PolicyTrainingSpec.parse({
  kind: "policy-training",
  config: { family: "nmf", iterations: 3, environments: 8, decisions: 8 },
});

/** What a piece of work did, and the context that it did it in. */
function stage(options: { resume?: Uint8Array; pauseAfter?: number; inputs?: ReadonlyMap<string, Uint8Array> } = {}) {
  const points: [string, number][] = [];
  const files = new Map<string, Uint8Array>();
  const kept: { done: number; state: Uint8Array }[] = [];
  const logged: string[] = [];
  const returns = (): number => points.filter(([key]) => key === "policy/return").length;
  const context: WorkContext = {
    resume: options.resume ?? null,
    inputs: options.inputs ?? new Map(),
    point: (key, step) => void points.push([key, step]),
    log: (_, message) => void logged.push(message),
    interrupted: () => (options.pauseAfter !== undefined && returns() >= options.pauseAfter ? "pause" : undefined),
    breathe: async () => {},
    checkpoint: async (done, state) => void kept.push({ done, state }),
    leave: async (name, _, bytes) => void files.set(name, bytes),
  };
  const policy = (): PolicyArtifact =>
    PolicyArtifact.parse(JSON.parse(new TextDecoder().decode(files.get(policyFile))));
  return { context, points, files, kept, logged, policy };
}

test(
  "a training that is paused and resumed leaves the policy that an unbroken one leaves",
  { timeout: 120_000 },
  async () => {
    const whole = stage();
    expect(await policyTraining.run(spec, whole.context)).toMatchObject({
      outcome: "completed",
      summary: { steps: 3 },
    });
    const first = stage({ pauseAfter: 2 });
    expect(await policyTraining.run(spec, first.context)).toEqual({ outcome: "paused", summary: null });
    expect(first.files.size).toBe(0);
    const { done, state } = first.kept.at(-1)!;
    expect(done).toBe(2);
    const second = stage({ resume: state });
    await policyTraining.run(spec, second.context);
    expect(second.policy().actor).toEqual(whole.policy().actor);
    expect([...first.points, ...second.points]).toEqual(whole.points);
    expect(whole.points.map(([key]) => key)).toEqual(
      expect.arrayContaining(["policy/true-improvement", "policy/divergence-rate", "policy/entropy"]),
    );
  },
);

test("stored tasks are rebuilt and learned from; what the engine cannot train is named", async () => {
  const task = (id: string) => ({
    hash: `hash-of-${id}`,
    id,
    family: id,
    domain: "factorisation",
    dataset: "digits-matrix",
    model: "nmf",
    optimizer: "sgd",
    batchSize: null,
    steps: 40,
    momentum: 0,
    specs: {},
  });
  const rows = ["nmf-low-rank", "unheard-of"].map((id) => ({ task: task(id) }));
  const inputs = new Map([["evidence", new TextEncoder().encode(JSON.stringify(rows))]]);
  const { context, logged, policy } = stage({ inputs });
  const config = { ...spec.config, iterations: 1, problems: { analytic: 0, stored: 1 } };
  await policyTraining.run({ ...spec, config }, context);
  expect(logged).toEqual(["1 stored tasks: nmf-low-rank", "the array engine cannot train unheard-of"]);
  expect(policy().trainedWith.storedTasks).toBe(1);
});
