// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { cnn } from "./cnn.ts";
import { embeddingPool } from "./embedding-pool.ts";
import { keras } from "./keras.ts";
import { mlp } from "./mlp.ts";
import { nmf } from "./nmf.ts";
import { quadratic } from "./quadratic.ts";
import { recurrent } from "./recurrent.ts";
import { rosenbrock } from "./rosenbrock.ts";
import { transformer } from "./transformer.ts";

export const modelRegistry = [cnn, embeddingPool, keras, mlp, nmf, quadratic, recurrent, rosenbrock, transformer] as const;
export const modelParams = [cnn.params, embeddingPool.params, keras.params, mlp.params, nmf.params, quadratic.params, recurrent.params, rosenbrock.params, transformer.params] as const;
