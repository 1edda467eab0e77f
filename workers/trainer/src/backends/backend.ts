import type { Tf } from "@etude/catalog";
import type { BackendName } from "@etude/contracts";

/** A started backend. */
export interface StartedBackend {
  readonly name: BackendName;
  readonly tf: Tf;
  /** Package and version. */
  readonly library: string;
  readonly device: string;
  /** True when the same seed is proved to give the same bits. */
  readonly reproducible: boolean;
  /** True when reading a tensor is a copy in memory, so that waiting for a promise gains nothing. */
  readonly readsAtOnce: boolean;
}

/** One place where the mathematics may run. */
export interface Backend {
  readonly name: BackendName;
  /** Returns undefined when it can be started, else a sentence that says why not. Cheap where the library is absent. */
  refusal(): Promise<string | undefined>;
  /** Starts it and makes it the current one. */
  start(): Promise<StartedBackend>;
}
