import {
  DatasetSpec,
  datasetOf,
  ModelSpec,
  modelOf,
  OptimizerSpec,
  optimizerOf,
  scheduleCatalogue,
} from "@etude/catalog";
import { backendNames, type Catalogue } from "@etude/contracts";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { serve } from "../serve.ts";

interface Entry {
  readonly kind: string;
  readonly params: z.ZodType;
  readonly doc: { readonly title: string; readonly summary: string; readonly source: string };
  readonly example: unknown;
}

/** The parameters as they may be written, without the name under which the OpenAPI document has them. */
function schemaOf(params: z.ZodType): Record<string, unknown> {
  const { $schema: _schema, id: _id, ...schema } = z.toJSONSchema(params, { io: "input" });
  return schema;
}

const described = ({ kind, params, doc, example }: Entry) => ({
  kind,
  title: doc.title,
  summary: doc.summary,
  source: doc.source,
  parameters: schemaOf(params),
  example: example as Record<string, unknown>,
});

const kindsOf = <Spec extends { kind: string }>(union: {
  options: readonly { shape: { kind: { value: string } } }[];
}) => union.options.map(({ shape }) => ({ kind: shape.kind.value }) as Spec);

/** Returns everything that a run can be made of. */
function catalogue(): Catalogue {
  return {
    schedules: scheduleCatalogue().map(({ kind, title, doc, parameters, example }) => ({
      kind,
      title,
      summary: doc.summary,
      source: doc.source,
      formula: doc.formula,
      when: doc.when,
      parameters,
      example,
    })),
    models: kindsOf<ModelSpec>(ModelSpec)
      .map(modelOf)
      .map((model) => described(model)),
    datasets: kindsOf<DatasetSpec>(DatasetSpec)
      .map(datasetOf)
      .map((dataset) => ({ ...described(dataset), licence: dataset.doc.licence })),
    optimizers: kindsOf<OptimizerSpec>(OptimizerSpec)
      .map(optimizerOf)
      .map((optimizer) => ({
        ...described(optimizer),
        supports: {
          scheduled: optimizer.supports.scheduled === true,
          hypergradient: optimizer.supports.hypergradient === true,
          lineSearch: optimizer.supports.lineSearch === true,
        },
      })),
    backends: [...backendNames],
  };
}

/** The catalogue; it changes with the version of Etude only. */
export function catalogueRoutes(app: FastifyInstance): void {
  const answer = catalogue();
  serve(app, "getCatalogue", ({ reply }) => {
    void reply.header("cache-control", "private, max-age=60");
    return answer;
  });
}
