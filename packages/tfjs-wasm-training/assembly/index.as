// The side module: kernels that work on the memory of tfjs-backend-wasm. See README.md, "The side module".
export { matmul } from "./matmul";
