import type { FinishSpec, Run } from "@etude/contracts";
import type { z } from "zod";
import { type Backoff, backoffMs, defaultBackoff, pause } from "./backoff.ts";
import { mayPass } from "./error.ts";
import { LoggerColumns } from "./logger-columns.ts";
import { connect, deliver, type LoggedRun, type LoggerClient } from "./logger-delivery.ts";
import { memorySpool, nothingLogged, type Sent, type Spool, type SpoolRecord, type SpoolState } from "./spool.ts";

export type LoggerOptions = LoggedRun & {
  readonly client: LoggerClient;
  /** Where points wait for the server; in memory when absent. */
  readonly spool?: Spool;
  /** Points leave the memory after this long, or when so many are together. */
  readonly batch?: { readonly ms?: number; readonly points?: number };
  readonly backoff?: Backoff;
  /** While nothing is logged, the server hears this often that the loop is there (60 000), or shows the run as stale. */
  readonly aliveEveryMs?: number;
  /** Told of points that are refused and of what fails; of an outage once. */
  readonly onProblem?: (error: unknown) => void;
};

export interface Logger {
  /** Notes values of a step. Never waits and never throws: what cannot be logged is told to `onProblem`. */
  log(point: { readonly step: number; readonly values: Readonly<Record<string, number>> }): void;
  /** Drops what was logged at this step and later; the loop goes on from there. */
  rewind(toStep: number): void;
  /** Resolves when the server has everything; waits through outages. Throws an EtudeError when it refuses for good. */
  flush(): Promise<void>;
  /** Sends everything, ends the run and closes. */
  finish(ending?: z.input<typeof FinishSpec>): Promise<void>;
  /** Stops at once; what is not sent stays in the spool. */
  close(): Promise<void>;
  /** As the server last said; `cancelling`: somebody wants the loop to stop. */
  readonly status: Run["status"];
  /** Null until the server has answered once. */
  readonly runId: string | null;
}

/** Points of one request. */
const pointsAtOnce = 100_000;
const appendAgainAfterMs = 1000;

export class RunLogger implements Logger {
  readonly #options: LoggerOptions;
  readonly #spool: Spool;
  readonly #stopped = new AbortController();
  readonly #opened: Promise<SpoolState | undefined>;
  #columns = new LoggerColumns(nothingLogged);
  /** Calls made before the spool was read. */
  #early: (() => void)[] | null = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Records on their way into the spool. */
  #kept: SpoolRecord[] = [];
  #keeping: Promise<void> = Promise.resolve();
  #sending: Promise<void> | null = null;
  /** Records may have come since the spool was last looked at. */
  #wanted = false;
  #sent: Sent | null = null;
  #status: Run["status"] = "running";
  #failure: unknown;
  readonly #beat: ReturnType<typeof setInterval>;
  /** The server has heard of the loop since the last beat. */
  #heard = true;

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#beat = setInterval(() => void this.#sayAlive(), options.aliveEveryMs ?? 60_000);
    // In Node it must not keep a finished loop running; a browser's timer is a number.
    (this.#beat as { unref?: () => void }).unref?.();
    this.#spool = options.spool ?? memorySpool();
    this.#opened = this.#open();
  }

  /** Aborts when the logger is closed. */
  get closed(): AbortSignal {
    return this.#stopped.signal;
  }

  get status(): Run["status"] {
    return this.#status;
  }

  get runId(): string | null {
    return this.#sent?.runId ?? this.#options.runId ?? null;
  }

  log({ step, values }: { readonly step: number; readonly values: Readonly<Record<string, number>> }): void {
    if (this.#stopped.signal.aborted)
      return this.#tell(new Error(`step ${step} was logged after the logger was closed.`));
    if (this.#early !== null) {
      const copy = { ...values };
      this.#early.push(() => this.log({ step, values: copy }));
      return;
    }
    for (const [key, value] of Object.entries(values)) {
      const why = this.#columns.add(key, step, value);
      if (why !== undefined) this.#tell(new RangeError(`${why}.`));
    }
    const { ms = 200, points = 5000 } = this.#options.batch ?? {};
    if (this.#columns.waiting >= points) this.#drain();
    else this.#timer ??= setTimeout(() => this.#drain(), ms);
  }

  rewind(toStep: number): void {
    if (this.#early !== null) return void this.#early.push(() => this.rewind(toStep));
    this.#drain();
    this.#columns.reset(toStep);
    this.#keep({ type: "rewind", toStep });
  }

  async flush(): Promise<void> {
    await this.#opened;
    this.#drain();
    await this.#keeping;
    await this.#send();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async finish(ending: z.input<typeof FinishSpec> = { outcome: "completed" }): Promise<void> {
    await this.#opened;
    this.#drain();
    this.#keep({ type: "finish", body: ending });
    await this.flush();
    await this.close();
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    await this.#opened;
    this.#drain();
    this.#stopped.abort();
    await this.#keeping;
    await this.#sending;
    await this.#spool.close();
  }

  /** What is not in the spool yet, when nothing can be awaited any more. */
  atExit(): void {
    this.#drain();
    this.#spool.appendAtExit?.(this.#kept);
  }

  async #open(): Promise<SpoolState | undefined> {
    try {
      const state = await this.#spool.open();
      this.#columns = new LoggerColumns(state.logged);
      this.#sent = state.sent;
      return state;
    } catch (error) {
      this.#fail(error);
      return undefined;
    } finally {
      const early = this.#early ?? [];
      this.#early = null;
      for (const call of early) call();
      void this.#send();
    }
  }

  /** Moves the columns into the spool. */
  #drain(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const series = this.#columns.take();
    if (series.length > 0) this.#keep({ type: "points", series });
  }

  #keep(record: SpoolRecord): void {
    this.#kept.push(record);
    this.#keeping = this.#keeping.then(async () => {
      // A spool that could not be opened takes nothing.
      if ((await this.#opened) !== undefined) await this.#append(record);
      this.#kept.shift();
      void this.#send();
    });
  }

  /** Tries until the spool has room again, or the logger is closed. */
  async #append(record: SpoolRecord): Promise<void> {
    for (let told = false; ; told = true) {
      try {
        return await this.#spool.append(record);
      } catch (error) {
        if (!told) this.#tell(error);
        if (this.#stopped.signal.aborted) return;
        await pause(appendAgainAfterMs, this.#stopped.signal);
      }
    }
  }

  #send(): Promise<void> {
    this.#wanted = true;
    this.#sending ??= this.#sendAll();
    return this.#sending;
  }

  /** Sends until the spool is empty, the server refuses for good, or the logger is closed. */
  async #sendAll(): Promise<void> {
    const state = await this.#opened;
    for (let tries = 0; state !== undefined && !this.#stopped.signal.aborted && this.#failure === undefined;) {
      try {
        this.#sent ??= await this.#connect(state.idempotencyKey);
        this.#wanted = false;
        const records = await this.#spool.peek(pointsAtOnce);
        if (records.length > 0) await this.#deliver(this.#sent, records);
        else if (!this.#wanted) break;
        tries = 0;
      } catch (error) {
        if (!mayPass(error)) {
          this.#fail(error);
          break;
        }
        if (tries === 0) this.#tell(error);
        const ownMs = backoffMs(tries, this.#options.backoff ?? defaultBackoff);
        await pause(Math.max(ownMs, (error.retryAfterSeconds ?? 0) * 1000), this.#stopped.signal);
        tries += 1;
      }
    }
    this.#sending = null;
  }

  async #deliver(to: Sent, records: readonly SpoolRecord[]): Promise<void> {
    const { count, sent, status } = await deliver(this.#options.client, to, records);
    // Kept before the next request, so that at most one request is ever repeated.
    await this.#spool.acknowledge(count, sent);
    this.#sent = sent;
    this.#status = status;
    this.#heard = true;
  }

  /** Points of no series: nothing changes but the time of the last sign of life. What fails is said by the points. */
  async #sayAlive(): Promise<void> {
    const idle = !this.#heard && this.#sending === null;
    this.#heard = false;
    if (!idle || this.#sent === null || this.#failure !== undefined) return;
    const { runId, attempt } = this.#sent;
    const answer = await this.#options.client.writeFrame({ runId, attempt, series: [] }).catch(() => undefined);
    if (answer !== undefined) this.#status = answer.status;
  }

  async #connect(idempotencyKey: string): Promise<Sent> {
    const sent = await connect(this.#options.client, this.#options, idempotencyKey);
    await this.#spool.acknowledge(0, sent);
    return sent;
  }

  #fail(error: unknown): void {
    this.#failure = error;
    this.#tell(error);
  }

  #tell(error: unknown): void {
    try {
      this.#options.onProblem?.(error);
    } catch {
      // The loop goes on whatever its listener does.
    }
  }
}

/** Logs an external run: see Logger. The main entry keeps points in memory; in Node give it a `fileSpool`. */
export const logger = (options: LoggerOptions): Logger => new RunLogger(options);
