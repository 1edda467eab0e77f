/**
 * Run in a throw-away process: loads native TensorFlow, compares what it computes with known numbers, and tells the
 * parent (or prints, when started by hand) what it found. A broken library may abort this process.
 */
import { loadNative } from "./native-library.ts";
import { smokeTest } from "./native-smoke-test.ts";
import type { Probed } from "./native.ts";

async function probe(): Promise<Probed> {
  try {
    const { tf, gpu, reproducible, tensorflow } = loadNative();
    await tf.setBackend("tensorflow");
    const wrong = await smokeTest(tf);
    return wrong === undefined
      ? { works: { gpu, reproducible, tensorflow } }
      : { refusal: `native TensorFlow computes wrong numbers: ${wrong}` };
  } catch (error) {
    const [firstLine] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { refusal: `native TensorFlow does not load: ${firstLine}` };
  }
}

const answer = await probe();
if (process.send) process.send(answer, undefined, undefined, () => process.exit(0));
else console.log(JSON.stringify(answer));
