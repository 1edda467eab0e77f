/** Reads the JSON of a Keras model: model.to_json() of Keras 2 and 3, toJSON() and model.json of TensorFlow.js. */
import { isObject, LayerConfig } from "./config.ts";

export interface TopologyLayer {
  readonly config: LayerConfig;
  /** Names of the layers that it reads; none for an input. */
  readonly from: readonly string[];
}

export interface Topology {
  /** Every layer after those that it reads. */
  readonly layers: readonly TopologyLayer[];
  readonly output: string;
}

type Json = Readonly<Record<string, unknown>>;

const fail = (message: string): Error => new Error(`model.topology: ${message}`);

/** Returns the layers in order. Throws an Error that says where the JSON is not a model that can be built. */
export function readTopology(json: unknown, known: ReadonlySet<string>): Topology {
  const model = innermost(json);
  const className = model["class_name"];
  const config = model["config"];
  if (className === "Sequential") return sequential(Array.isArray(config) ? { layers: config } : config, known);
  if (className === "Functional" || className === "Model") return functional(config, known);
  throw fail(
    `class_name is ${JSON.stringify(className) ?? "missing"}, must be "Sequential", "Functional" or "Model"; give the JSON of model.to_json()`,
  );
}

function innermost(json: unknown): Json {
  if (!isObject(json)) throw fail("must be a JSON object, as model.to_json() gives it");
  for (const key of ["modelTopology", "model_config"]) if (isObject(json[key])) return innermost(json[key]);
  return json;
}

function layersOf(config: unknown, known: ReadonlySet<string>): readonly { json: Json; config: LayerConfig }[] {
  const list = isObject(config) ? config["layers"] : undefined;
  if (!Array.isArray(list) || list.length === 0) throw fail("config.layers must be a list with at least one layer");
  if (list.length > 1000) throw fail(`config.layers has ${list.length} layers; at most 1000 can be built`);
  const seen = new Set<string>();
  return list.map((json: unknown, at) => {
    if (!isObject(json) || typeof json["class_name"] !== "string") {
      throw fail(`config.layers[${at}] has no class_name`);
    }
    const values = isObject(json["config"]) ? json["config"] : {};
    const name = String(json["name"] ?? values["name"] ?? `${json["class_name"].toLowerCase()}_${at}`);
    const own = new LayerConfig(name, json["class_name"], values);
    if (seen.has(name)) throw own.problem("another layer has the same name");
    seen.add(name);
    if (own.className === "BatchNormalization") {
      throw own.problem(
        "its running averages are no weights, so a run could not be resumed exactly; use LayerNormalization",
      );
    }
    if (!known.has(own.className)) {
      throw own.problem(`this layer is not supported; supported are ${[...known].join(", ")}`);
    }
    return { json, config: own };
  });
}

function sequential(config: unknown, known: ReadonlySet<string>): Topology {
  const layers = layersOf(config, known);
  return {
    layers: layers.map(({ config: own }, at) => ({ config: own, from: at === 0 ? [] : [layers[at - 1]!.config.name] })),
    output: layers.at(-1)!.config.name,
  };
}

function functional(config: unknown, known: ReadonlySet<string>): Topology {
  const layers = layersOf(config, known);
  const outputs = namesAt(config, "output_layers");
  if (namesAt(config, "input_layers").length !== 1 || outputs.length !== 1) {
    throw fail("a model must have one input and one output (input_layers, output_layers)");
  }
  const byName = new Map(layers.map((layer) => [layer.config.name, layer]));
  if (!byName.has(outputs[0]!)) throw fail(`output_layers names "${outputs[0]}", which is not among the layers`);
  const ordered: TopologyLayer[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (name: string, reader: string): void => {
    const layer = byName.get(name);
    if (!layer) throw fail(`layer "${reader}" reads "${name}", which is not among the layers`);
    if (state.get(name) === "done") return;
    if (state.get(name) === "open") throw layer.config.problem("it reads its own output, through others");
    state.set(name, "open");
    const from = inboundOf(layer.json, layer.config);
    for (const source of from) visit(source, name);
    state.set(name, "done");
    ordered.push({ config: layer.config, from });
  };
  visit(outputs[0]!, "output_layers");
  return { layers: ordered, output: outputs[0]! };
}

/** [["name", 0, 0], …], or for a single one ["name", 0, 0]. */
function namesAt(config: unknown, key: string): string[] {
  const value = isObject(config) ? config[key] : undefined;
  if (!Array.isArray(value)) return [];
  const list: unknown[] = typeof value[0] === "string" ? [value] : value;
  return list.map((entry) => String(Array.isArray(entry) ? entry[0] : entry));
}

function inboundOf(json: Json, config: LayerConfig): string[] {
  const nodes = Array.isArray(json["inbound_nodes"]) ? (json["inbound_nodes"] as unknown[]) : [];
  if (nodes.length > 1) throw config.problem("it is used more than once; shared layers are not supported");
  if (nodes.length === 0) return [];
  const [node] = nodes;
  // Keras 3: { args: [tensor] or [[tensor, …]], kwargs }. Keras 2: [["name", 0, 0, {}], …].
  if (isObject(node)) return historiesIn(node["args"]);
  if (!Array.isArray(node)) throw config.problem("inbound_nodes cannot be read");
  return namesAt({ node }, "node");
}

function historiesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(historiesIn);
  if (!isObject(value)) return [];
  const inner = value["config"];
  const history = isObject(inner) ? inner["keras_history"] : undefined;
  return Array.isArray(history) ? [String(history[0])] : [];
}
