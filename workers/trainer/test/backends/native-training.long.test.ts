// Every model with every optimizer on native TensorFlow. Runs where the library is installed.
import { models, optimizers } from "@etude/catalog";
import { beforeAll, describe, expect, test } from "vitest";
import { chooseBackend } from "../../src/backends/choose.ts";
import { combination } from "../kit/every-combination.ts";
import { trainHere, valuesOf } from "../kit/in-process.ts";
import { hasNative, onNative, rowsOnNative } from "../kit/native.ts";
import { largestGap } from "../kit/runs.ts";

const backend = "tensorflow";
const adam = optimizers.find(({ kind }) => kind === "adam")!;

describe.runIf(hasNative)(onNative("on native TensorFlow"), () => {
  beforeAll(() => {
    // The probe is forked from this process, which vitest gave no loader for TypeScript.
    process.execArgv = ["--conditions=source", "--import", "tsx"];
  });

  test("a run names the library that trained it", async () => {
    const { started } = await chooseBackend(backend, []);
    expect(started.library).toMatch(/^@tensorflow\/tfjs-node-gpu 4\.\d+\.\d+, TensorFlow 2\.\d+/);
  });

  describe.each(rowsOnNative(models.map((model) => [model.kind, model] as const)))("model %s", (_kind, model) => {
    test("follows the curve of wasm for 50 steps", async () => {
      const run = combination(model, adam, { budget: { steps: 50 } });
      const [native, wasm] = [await trainHere(run, { backend }), await trainHere(run, { backend: "wasm" })];
      for (const key of ["train/loss", "validation/loss"]) {
        expect(largestGap(valuesOf(native, key), valuesOf(wasm, key)), key).toBeLessThan(1e-3);
      }
    });

    test.each(optimizers.map((optimizer) => [optimizer.kind, optimizer] as const))(
      "with %s trains, leaves no tensor behind and resumes bit by bit",
      async (_name, optimizer) => {
        const run = combination(model, optimizer);
        const straight = await trainHere(run, { backend });
        expect(straight.end).toMatchObject({ outcome: "completed", failure: null });
        const first = await trainHere(run, { backend, pauseAt: 5 });
        const rest = await trainHere(run, { backend, from: first.checkpoint });
        expect([straight.leaked, first.leaked, rest.leaked]).toEqual([0, 0, 0]);
        for (const key of ["train/loss", "learning-rate", "gradient-norm", "validation/loss"]) {
          const parts = [first, rest].flatMap(({ history }) => history.get(key)?.values ?? []);
          expect(parts, key).toEqual(valuesOf(straight, key));
        }
      },
    );
  });
});
