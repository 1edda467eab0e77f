// The side module: kernels that work on the memory of tfjs-backend-wasm. See README.md, "The side module".
export { convFilterGrad, convolve, spreadPixels } from "./convolution";
export { finishDense, reluGrad, sumSquares } from "./dense";
export { depthwiseFilterGrad, depthwiseInputGrad } from "./depthwise";
export { addToRows, erf, exp, gelu, geluGrad, tanh } from "./elementwise";
export { matmul, packPanels } from "./matmul";
export { maxPoolGrad } from "./pooling";
export { reduceSum } from "./reduce";
export { addRows, copyRows, gatherRows } from "./rows";
export { softmaxCrossEntropy } from "./losses";
export { layerNorm, layerNormGrad } from "./normalization";
export { adam, descend, momentum } from "./optimizers";
// Nobody calls these from outside: an export keeps the compiler from inlining the loop into its only caller, where V8
// would run out of registers for the accumulators.
export { fiveRows, fourRows, fourWindows } from "./tiles";
