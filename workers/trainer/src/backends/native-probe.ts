/** Runs in a throw-away process: loads native TensorFlow, compares a gradient with the known one, reports and exits. */
import { loadNative } from "./native-library.ts";

async function probe(): Promise<{ works: { gpu: boolean } } | { refusal: string }> {
  try {
    const { tf, gpu } = loadNative();
    await tf.setBackend("tensorflow");
    // f(w) = mean((x·w − y)²) at x = [[1, 2], [3, 4]], w = [1, −1], y = [0, 1] has the gradient xᵀ(x·w − y) = [−7, −10].
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const y = tf.tensor2d([0, 1], [2, 1]);
    const gradient = tf.grad((w) => tf.mean(tf.squaredDifference(tf.matMul(x, w as typeof x), y)))(
      tf.tensor2d([1, -1], [2, 1]),
    );
    const found = await gradient.data();
    const right = [-7, -10].every((value, i) => Math.abs(found[i]! - value) < 1e-4);
    return right
      ? { works: { gpu } }
      : {
          refusal: `native TensorFlow computes wrong numbers: the gradient [-7, -10] came out as [${found.join(", ")}]`,
        };
  } catch (error) {
    return { refusal: `native TensorFlow does not load: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const answer = await probe();
process.send?.(answer, undefined, undefined, () => process.exit(0));
