import { Problem } from "@etude/contracts";
import { rankers, recommend } from "@etude/learning";
import type { FastifyInstance } from "fastify";
import { askedTask } from "../evidence/asked-task.ts";
import type { Past } from "../evidence/past.ts";
import { serve } from "../serve.ts";

/** Advice from the evidence. */
export function recommendationRoutes(app: FastifyInstance, past: Past): void {
  // Reading all evidence takes a second; a server that listens does it before anybody asks.
  app.addHook("onListen", () => {
    void past
      .table("train-loss")
      .catch((error: unknown) => app.log.warn({ err: error }, "evidence is read at the first question"));
  });

  serve(app, "recommend", async ({ body }) => {
    const { k, ranker, objective, shipped } = body;
    const allowed = rankers.map(({ name }) => name);
    if (ranker !== undefined && !allowed.includes(ranker)) {
      const message = `must be one of ${allowed.join(", ")}; got "${ranker}"`;
      throw new Problem("validation_failed", `ranker ${message}`, [{ path: "ranker", message, allowed }]);
    }
    const rows = await past.table(objective, { shipped });
    return recommend(await askedTask(body, rows), rows, { k, ranker });
  });
}
