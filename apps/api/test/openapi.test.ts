import { type Operation, operations, problems } from "@etude/contracts";
import { beforeAll, expect, test } from "vitest";
import { openApiDocument } from "../src/openapi.ts";
import { tidyComponents } from "../src/plugins/tidy-components.ts";
import { commonProblems } from "../src/serve.ts";

interface Described {
  operationId: string;
  summary: string;
  tags: string[];
  security?: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}
interface Document {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, { type?: string; required?: string[] }> };
}

let document: Document;
beforeAll(async () => {
  document = (await openApiDocument("1.2.3")) as unknown as Document;
});

const all = Object.entries<Operation>(operations);
const described = ({ method, path }: Operation): Described => {
  const address = path.replaceAll(/:(\w+)/g, "{$1}");
  return document.paths[address]?.[method.toLowerCase()] as Described;
};

test("the document holds the operations and nothing else", () => {
  expect(document.openapi).toBe("3.1.0");
  const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((one) => one.operationId));
  expect(ids.sort()).toEqual(Object.keys(operations).sort());
});

test.each(all)("%s is described with all its answers", (name, operation) => {
  const found = described(operation);
  expect(found).toMatchObject({ operationId: name, summary: operation.summary, tags: [operation.tag] });
  expect(document.tags.map((tag) => tag.name)).toContain(operation.tag);
  const codes = [...operation.problems, ...commonProblems(operation)];
  for (const code of codes) {
    const answer = found.responses[problems[code].status];
    expect(answer?.description, code).toContain(`\`${code}\``);
    expect(Object.keys(answer?.content ?? {})).toEqual(["application/problem+json"]);
  }
  const ok = found.responses[operation.ok.status];
  expect(ok?.content === undefined).toBe(operation.ok.body === undefined);
  expect(found.requestBody === undefined).toBe(operation.body === undefined);
  const parameters = Object.keys({ ...operation.params?.shape, ...operation.query?.shape });
  expect(found.parameters?.map((one) => one.name) ?? []).toEqual(expect.arrayContaining(parameters));
  expect(found.security).toEqual(operation.scope === "none" ? [] : undefined);
});

test("every reference leads to a schema, and every schema is used", () => {
  const text = JSON.stringify(document);
  const names = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name as string));
  expect([...names].sort()).toEqual(Object.keys(document.components.schemas).sort());
});

test("what a run answers has fields that a request may leave out", () => {
  const { TrainingSpec, TrainingSpecInput, Run } = document.components.schemas;
  expect(TrainingSpec?.required).toContain("batchSize");
  expect(TrainingSpecInput?.required).not.toContain("batchSize");
  expect(Run?.required).toContain("status");
});

test("the idempotency header and the binary answer are documented", () => {
  const { createRun, getHistory } = operations;
  expect(described(createRun).parameters).toContainEqual(
    expect.objectContaining({ name: "idempotency-key", in: "header" }),
  );
  expect(Object.keys(described(getHistory).responses["200"]?.content ?? {})).toEqual([
    "application/json",
    "application/octet-stream",
  ]);
});

test("schemas that say the same are merged, also round a cycle, and others are kept apart", () => {
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const tidy = tidyComponents({
    paths: { a: [ref("TreeInput"), ref("Tree"), ref("SizeInput"), ref("Size"), ref("OnlyInput")] },
    components: {
      schemas: {
        Tree: { child: ref("Tree") },
        TreeInput: { child: ref("TreeInput") },
        Size: { required: ["n"] },
        SizeInput: {},
        Only: { never: true },
        OnlyInput: { x: 1 },
      },
    },
  });
  expect(tidy).toEqual({
    paths: { a: [ref("Tree"), ref("Tree"), ref("SizeInput"), ref("Size"), ref("Only")] },
    components: { schemas: { Only: { x: 1 }, Size: { required: ["n"] }, SizeInput: {}, Tree: { child: ref("Tree") } } },
  });
});
