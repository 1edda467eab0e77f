// The side module: kernels that work on the memory of tfjs-backend-wasm. See README.md, "The side module".
export { convFilterGrad, spreadPixels } from "./convolution";
export { erf, exp, gelu, geluGrad } from "./elementwise";
export { matmul, packPanels } from "./matmul";
export { maxPoolGrad } from "./pooling";
export { reduceSum } from "./reduce";
export { addRows, gatherRows } from "./rows";
