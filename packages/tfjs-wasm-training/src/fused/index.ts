export {
  adamDirection,
  adamStep,
  momentumStep,
  sgdStep,
  type AdamDirection,
  type AdamDirectionResult,
  type AdamResult,
  type AdamStep,
  type MomentumResult,
  type MomentumStep,
  type SgdStep,
} from "./optimizers.ts";
export { gelu, layerNorm, softmaxCrossEntropy } from "./layers.ts";
