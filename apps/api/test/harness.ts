import type { Operation, OperationName, Run, RunSpecInput } from "@etude/contracts";
import { operations, ProblemBody, problems } from "@etude/contracts";
import { createDatabase, type Database } from "@etude/db";
import {
  type Blobs,
  type Bus,
  createBlobs,
  createBus,
  createLogger,
  createMetrics,
  createQueueing,
  type Logger,
  type Metrics,
  placesOf,
  prepareQueue,
  type Queueing,
  readSettings,
} from "@etude/service";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { afterAll, expect } from "vitest";
import { temporaryFolder } from "../../../test/kit/index.ts";
import { buildApp } from "../src/index.ts";
import { commonProblems } from "../src/serve.ts";

export interface Api {
  readonly app: FastifyInstance;
  readonly db: Database;
  readonly bus: Bus;
  readonly queueing: Queueing;
  readonly blobs: Blobs;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Sends a request to an operation; values in `params` fill its path. */
  call(name: OperationName, options?: Call): Promise<Answer>;
}

interface Call extends Omit<InjectOptions, "url" | "method" | "path"> {
  readonly params?: Readonly<Record<string, string>>;
}

export type Answer = LightMyRequestResponse;

/** A whole service in this process, on a real database; closed after the file. Several on one database are replicas. */
export async function startApi(url: string, env: Record<string, string> = {}, webRoot?: string): Promise<Api> {
  const settings = readSettings({ DATABASE_URL: url, ETUDE_DATA_DIR: temporaryFolder(), ...env });
  const logger = createLogger({ logLevel: "silent" }, "api-test");
  const db = createDatabase({ url, logger });
  const { place } = placesOf(settings);
  await prepareQueue(place);
  const bus = createBus(place, logger);
  const queueing = createQueueing(place, logger);
  const blobs = createBlobs(settings);
  const metrics = createMetrics();
  const parts = { settings, db, bus, queueing, blobs, logger, metrics };
  const app = await buildApp(webRoot === undefined ? parts : { ...parts, webRoot });
  await app.ready();
  afterAll(async () => {
    await app.close();
    await queueing.close();
    await bus.close();
    await db.close();
  });
  const call: Api["call"] = async (name, { params = {}, ...options } = {}) => {
    const operation: Operation = operations[name];
    const { method, path } = operation;
    const filled = path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ""));
    const answer = await app.inject({ method, url: filled, ...options });
    // Whatever a test provokes, the document must name it.
    const documented: string[] = [...operation.problems, ...commonProblems(operation)];
    if (answer.statusCode >= 400) expect(documented).toContain(answer.json<{ code: string }>().code);
    else expect(answer.statusCode === operation.ok.status || answer.statusCode === 304).toBe(true);
    return answer;
  };
  return { ...parts, app, call };
}

/** A small run. */
export const smallRun = {
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "sgd" },
  schedule: { kind: "constant", rate: 0.1 },
  budget: { steps: 100 },
} as const satisfies RunSpecInput;

/** Creates a run over HTTP. */
export async function createRun({ call }: Api, spec: object = smallRun): Promise<Run> {
  const answer = await call("createRun", { payload: spec });
  if (answer.statusCode !== 202) throw new Error(answer.body);
  return answer.json();
}

/** The id of nothing. */
export const nobody = "0190b3a0-0000-7000-8000-000000000000";

/** The body of a refusal, checked against the catalogue of problems. */
export function problemOf(answer: Answer): ProblemBody {
  expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  const body = ProblemBody.parse(answer.json());
  const known = problems[body.code as keyof typeof problems];
  expect(body).toMatchObject({ status: answer.statusCode, title: known.title, remedy: known.remedy });
  expect(answer.statusCode).toBe(known.status);
  expect(body.requestId).toEqual(expect.any(String));
  return body;
}
