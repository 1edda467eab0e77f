import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import "@tensorflow/tfjs";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { fused, installCpuFixes, installWasmTraining } from "@etude/tfjs-wasm-training";
import { models, type Operations } from "./wasm-models.ts";

/**
 * Milliseconds of one Adam step (forward, backward, update, loss read) per model and backend:
 * `node --conditions=source --import tsx bench/wasm-kernels.ts [part of a model's name]`.
 * "extended" is the composed model on the installed kernels, "fused" calls the fused operations as well.
 * Every cell is a process of its own, so that no cell warms up or fills the heap of another.
 */
const variants = ["cpu", "stock wasm", "extended wasm", "fused wasm"] as const;
type Variant = (typeof variants)[number];

/** Milliseconds a step. The processor time hardly depends on what else the machine does, the elapsed time does. */
interface Timing {
  readonly fastest: number;
  readonly processor: number;
}

const composed: Operations = {
  crossEntropy: (logits, targets) => tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1))) as tf.Scalar,
  layerNorm(x, scale, shift) {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale), shift);
  },
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
};

const fusedOperations: Operations = {
  crossEntropy: (logits, targets) => fused.softmaxCrossEntropy(tf, logits, targets),
  layerNorm: (x, scale, shift) => fused.layerNorm(tf, x, scale, shift),
  gelu: (x) => fused.gelu(tf, x),
};

/** Adam from plain operations, as a trainer without fused steps would write it. */
function composedAdam(input: fused.AdamStep): fused.AdamResult {
  const { weight, gradient, firstMoment, secondMoment, beta1, beta2, epsilon, step, rate } = input;
  return tf.tidy(() => {
    const first = tf.add(tf.mul(firstMoment, beta1), tf.mul(gradient, 1 - beta1));
    const second = tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const root = tf.add(tf.sqrt(tf.mul(second, 1 / (1 - beta2 ** (step + 1)))), epsilon);
    const direction = tf.div(tf.mul(first, 1 / (1 - beta1 ** (step + 1))), root);
    return { weight: tf.sub(weight, tf.mul(direction, rate)), firstMoment: first, secondMoment: second };
  });
}

async function time(model: string, variant: Variant): Promise<Timing> {
  if (variant === "cpu") installCpuFixes(tf);
  if (variant === "extended wasm" || variant === "fused wasm") installWasmTraining(tf, wasm);
  await tf.setBackend(variant === "cpu" ? "cpu" : "wasm");
  const isFused = variant === "fused wasm";
  const { weights, loss } = models[model]!(isFused ? fusedOperations : composed);
  const moments = weights.map(({ shape }) => ({ firstMoment: tf.zeros(shape), secondMoment: tf.zeros(shape) }));
  const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, rate: 1e-3 };
  let done = 0;
  const step = () => {
    const { value, grads } = tf.variableGrads(loss, weights);
    const read = value.dataSync()[0]!;
    weights.forEach((weight, i) => {
      const input = { ...settings, ...moments[i]!, weight, gradient: grads[weight.name]!, step: done };
      const { weight: next, ...state } = isFused ? fused.adamStep(tf, input) : composedAdam(input);
      weight.assign(next);
      tf.dispose([next, moments[i]!]);
      moments[i] = state;
    });
    tf.dispose([value, grads]);
    done++;
    return read;
  };
  const warmUntil = performance.now() + 1500;
  for (let warm = 0; warm < 50 && performance.now() < warmUntil; warm++) step();
  let [fastest, steps] = [Number.POSITIVE_INFINITY, 0];
  const until = performance.now() + 4000;
  const used = process.cpuUsage();
  do {
    const start = performance.now();
    const value = step();
    fastest = Math.min(fastest, performance.now() - start);
    steps++;
    if (!Number.isFinite(value)) throw new Error(`the loss of ${model} on ${variant} is ${value}`);
  } while (performance.now() < until);
  const { user, system } = process.cpuUsage(used);
  return { fastest, processor: (user + system) / 1000 / steps };
}

/** Runs one cell in a child process; undefined when the backend cannot train the model. */
function measure(model: string, variant: Variant): Timing | undefined {
  const script = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, [...process.execArgv, script, "--cell", model, variant], {
    encoding: "utf8",
  });
  return child.status === 0 ? (JSON.parse(child.stdout.trim().split("\n").at(-1)!) as Timing) : undefined;
}

const [, , mode, model, variant] = process.argv;
if (mode === "--cell") {
  console.log(JSON.stringify(await time(model!, variant as Variant)));
} else {
  const cell = (timing: Timing | undefined) =>
    (timing ? `${timing.fastest.toFixed(2)} / ${timing.processor.toFixed(2)}` : "fails").padStart(20);
  console.log(`ms a step, fastest / mean processor time; ${process.version}`);
  console.log(`${"".padEnd(28)}${variants.map((name) => name.padStart(20)).join("")}   fused against stock, cpu`);
  for (const name of Object.keys(models).filter((each) => each.includes(mode ?? ""))) {
    const timings = variants.map((each) => measure(name, each));
    const [cpu, stock, , best] = timings;
    const ratio = (other: Timing | undefined) =>
      other && best ? `${(other.processor / best.processor).toFixed(1)}x` : "-";
    console.log(`${name.padEnd(28)}${timings.map(cell).join("")}   ${ratio(stock)}, ${ratio(cpu)}`);
  }
}
