/** Runs on uploads, and runs whose parts do not fit their data, with a real supervisor and real trainer children. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildData, describeTable, readTable } from "@etude/catalog/uploads";
import { RunSpec } from "@etude/contracts";
import { createBlobs } from "@etude/service";
import { expect, test } from "vitest";
import { trainHere } from "./kit/in-process.ts";
import { completed, dataDir, db, exactHistory, spec, startSupervisor, submit, waitFor } from "./kit/supervised.ts";

const blobs = createBlobs({ blobs: pathToFileURL(join(dataDir, "blobs")).href });
const csv = ["a,b,kind", ...Array.from({ length: 90 }, (_, i) => `${i % 9},${(i * 5) % 7},${i % 3 ? "x" : "y"}`)].join(
  "\n",
);
const bytes = new TextEncoder().encode(csv);

async function upload(): Promise<string> {
  const sha256 = await blobs.put(bytes);
  const schema = describeTable(await readTable(bytes));
  await db.uploads.create({ name: "a.csv", sha256, bytes: bytes.length, schema });
  return sha256;
}

const small = { budget: { steps: 30 }, evaluateEvery: 10, backend: "wasm" } as const;

test("a run reads its upload from the blob store and trains as on the same data in memory; without it, it says so", async () => {
  startSupervisor("../src/main.ts");
  const sha256 = await upload();
  const dataset = { kind: "upload" as const, upload: sha256, target: "kind", task: "classification" as const };
  const { id } = await submit(spec({ ...small, dataset }));
  expect(await waitFor(id, completed)).toMatchObject({ status: "completed", failure: null });
  const run = RunSpec.parse(spec({ ...small, dataset })) as Parameters<typeof trainHere>[0];
  const data = buildData(run.dataset as Parameters<typeof buildData>[0], await readTable(bytes));
  const here = await trainHere(run, { data });
  const history = await exactHistory(id);
  for (const key of ["train/loss", "validation/loss", "validation/accuracy"]) {
    expect(history[key]?.[1], key).toEqual(here.history.get(key)?.values);
  }
  await blobs.remove(sha256);
  // Another target, so that the warm child does not have the data still.
  const gone = await submit(spec({ ...small, dataset: { ...dataset, target: "a" } }));
  expect(await waitFor(gone.id, completed)).toMatchObject({
    status: "failed",
    failure: { reason: "invalid-data", message: expect.stringContaining(`the upload ${sha256} was deleted`) },
  });
});

const topology = (...layers: object[]): { kind: "keras"; topology: Record<string, unknown> } => ({
  kind: "keras",
  topology: { class_name: "Sequential", config: { layers } },
});

test("parts that do not fit the data end the run with a message that says where", async () => {
  startSupervisor("../src/main.ts");
  const dense = (units: number): object => ({ class_name: "Dense", config: { name: "last", units } });
  const cases = [
    [{ model: topology(dense(7)) }, "model.topology ends in shape [8,8,7], but the dataset needs [10]"],
    [
      { model: topology({ class_name: "GRU", config: { name: "reads", units: 4 } }, dense(10)) },
      'model.topology, layer "reads" (GRU): its input has shape [8,8,1]',
    ],
    [{ dataset: { kind: "iris" }, model: { kind: "cnn" } }, "model.kind cnn needs images"],
    [{ model: { kind: "mlp", loss: { kind: "huber" } } }, "model.loss huber cannot judge classification"],
    [{ metrics: ["r-squared"] }, "metrics[0]: r-squared is no metric of classification"],
    [{ model: { kind: "mlp", hidden: [8192, 8192, 8192] } }, "model.hidden makes a model of"],
  ] as const;
  const runs = await Promise.all(cases.map(([changes]) => submit(spec({ ...small, ...(changes as object) }))));
  for (const [i, [, message]] of cases.entries()) {
    expect(await waitFor(runs[i]!.id, completed), message).toMatchObject({
      status: "failed",
      failure: { reason: "invalid-data", message: expect.stringContaining(message) },
    });
  }
});
