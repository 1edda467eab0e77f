import { channels, encodePoints, type Ring, type Run, type RunsRing } from "@etude/contracts";
import type { Flushed } from "@etude/db";
import type { Bus } from "@etude/service";

/** Tells the viewers of a run what was committed. Always after the commit, never before. */
export class Rings {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** `withFrame`: somebody watches, so the points may ride along where the bus carries them. */
  appended({ from, to, piece }: Flushed, withFrame: boolean): void {
    if (from === to) return;
    const header: Ring = { type: "appended", runId: piece.runId as Run["id"], attempt: piece.attempt, from, to };
    const frame = withFrame && this.#bus.kind === "redis" ? { frame: encodePoints(piece) } : {};
    this.#bus.publish(channels.run(piece.runId), { header: JSON.stringify(header), ...frame });
  }

  rewound(runId: Run["id"], attempt: number, step: number): void {
    this.#ring({ type: "rewound", runId, attempt, step });
  }

  logged(runId: Run["id"]): void {
    this.#ring({ type: "logged", runId });
  }

  changed({ id, studyId }: Run): void {
    this.#ring({ type: "changed", runId: id });
    const news: RunsRing = { type: "changed", runId: id, studyId };
    this.#bus.publish(channels.runs, { header: JSON.stringify(news) });
  }

  #ring(ring: Ring): void {
    this.#bus.publish(channels.run(ring.runId), { header: JSON.stringify(ring) });
  }
}
