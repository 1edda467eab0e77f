import type { TrainingKernel } from "../types.ts";
import { add } from "./add.ts";
import { batchMatMul } from "./batch-mat-mul.ts";
import { cast, identity, transpose } from "./by-reference.ts";
import { conv2d } from "./conv2d.ts";
import { conv2dBackpropFilter } from "./conv2d-backprop-filter.ts";
import { conv2dBackpropInput } from "./conv2d-backprop-input.ts";
import { dense, descendAll, reluGrad, sumSquares } from "./dense.ts";
import { depthwiseBackpropFilter, depthwiseBackpropInput } from "./depthwise-conv2d-grad.ts";
import { einsum } from "./einsum.ts";
import { erf, exp, tanh } from "./elementwise.ts";
import { gelu, geluGrad, layerNorm, layerNormGrad, softmaxCrossEntropy } from "./fused-layers.ts";
import { gather } from "./gather.ts";
import { maxPoolGrad } from "./max-pool-grad.ts";
import { adam, descend, momentum } from "./optimizer-steps.ts";
import { mean, sum } from "./reduce.ts";
import { concat, split } from "./split-concat.ts";
import { unsortedSegmentSum } from "./unsorted-segment-sum.ts";

/** Every kernel of this package. A new one is a new file and a line here. */
export const trainingKernels: readonly TrainingKernel[] = [
  add,
  batchMatMul,
  cast,
  concat,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  einsum,
  erf,
  exp,
  gather,
  identity,
  maxPoolGrad,
  mean,
  split,
  sum,
  tanh,
  transpose,
  unsortedSegmentSum,
  // For the functions in fused/.
  adam,
  dense,
  descend,
  descendAll,
  gelu,
  geluGrad,
  layerNorm,
  layerNormGrad,
  momentum,
  reluGrad,
  softmaxCrossEntropy,
  sumSquares,
];
