import { policyFamilies } from "@etude/catalog";
import { type PolicyTrainingSpec, Problem } from "@etude/contracts";
import type { FastifyInstance } from "fastify";
import type { Parts } from "../parts.ts";
import { layOutPast } from "../policies/lay-out-past.ts";
import { getPolicy, listPolicies, readPolicy } from "../policies/stored-policies.ts";
import { submit } from "../runs/submit.ts";
import { serve } from "../serve.ts";

/** Policies that move learning rates: training, comparing, downloading. */
export function policyRoutes(app: FastifyInstance, parts: Parts): void {
  serve(app, "createPolicy", async ({ body: { config, ...rest } }) => {
    const spec: PolicyTrainingSpec = {
      kind: "policy-training",
      config,
      ...rest,
      inputs: await layOutPast(parts, config),
    };
    const [run] = await submit(parts, { specs: [spec] });
    if (run === undefined) throw new Problem("internal");
    return getPolicy(parts, run.id);
  });

  serve(app, "listPolicies", async ({ query: { family, limit } }) => {
    const wanted = family === undefined ? policyFamilies : [family];
    return { policies: (await Promise.all(wanted.map((one) => listPolicies(parts, one, limit)))).flat() };
  });

  serve(app, "getPolicy", ({ params }) => getPolicy(parts, params.policyId));

  serve(app, "getPolicyWeights", async ({ params, reply }) => {
    const policy = await readPolicy(parts, params.policyId);
    return reply
      .type("application/json; charset=utf-8")
      .header("content-disposition", `attachment; filename="policy-${params.policyId}.json"`)
      .send(JSON.stringify(policy));
  });
}
