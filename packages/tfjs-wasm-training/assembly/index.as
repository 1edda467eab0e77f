// The side module: kernels that work on the memory of tfjs-backend-wasm. See README.md, "The side module".
export { convFilterGrad, spreadPixels } from "./convolution";
export { addToRows, erf, exp, gelu, geluGrad } from "./elementwise";
export { matmul, packPanels } from "./matmul";
export { maxPoolGrad } from "./pooling";
export { reduceSum } from "./reduce";
export { addRows, gatherRows } from "./rows";
export { softmaxCrossEntropy } from "./losses";
export { layerNorm, layerNormGrad } from "./normalization";
export { adam, descend, momentum } from "./optimizers";
