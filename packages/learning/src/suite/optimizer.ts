import { OptimizerSpec } from "@etude/catalog";

/** Returns the optimizer of this kind with the catalogue's defaults. */
export const optimizer = (kind: OptimizerSpec["kind"]): OptimizerSpec => OptimizerSpec.parse({ kind });
