import { isEnded, type LogLine, type Run, type RunId } from "@etude/contracts";
import { EtudeError, HistoryBuffer, type LiveEvent, live } from "@etude/sdk";
import { client, serverUrl } from "../api/client.ts";
import { isPassing } from "../api/problem.ts";
import { type Curve, emptyCurve, joinCurves } from "../chart/curve.ts";
import type { Range, Signal } from "../chart/types.ts";
import { Listeners } from "./listeners.ts";
import { Pace } from "./pace.ts";

/** Where a feed stands. `ended`: the run is over and everything is here, so no line is kept open. */
export type FeedState =
  | { readonly name: "loading" | "live" | "ended" }
  | { readonly name: "reconnecting"; readonly reason: string }
  | { readonly name: "failed"; readonly error: unknown };

/** What a feed tells besides points. */
export interface FeedNews {
  onRun(run: Run): void;
  onLog(lines: readonly LogLine[]): void;
  onDeleted(): void;
}

/** A part of the history in full detail. */
interface Detail {
  readonly range: Range;
  readonly history: HistoryBuffer;
}

/** Buckets of a whole history: finer than any screen, so that moderate zooms need no request. */
const historyWidth = 4000;
const detailWidth = 2000;
const detailAfterMs = 120;
const retryAfterMs = 1000;

/**
 * The curves of one run, kept current: the history by HTTP once, then every later point from the socket. Points live in
 * column buffers here; what draws them subscribes and asks for `curve` when it redraws.
 */
export class RunFeed implements Signal {
  readonly runId: string;
  /** Changes whenever points already handed out did: a rewind, a reload, a zoom. */
  generation = 0;
  state: FeedState = { name: "loading" };
  readonly pace = new Pace();
  /** Called when `state` changes. */
  readonly states = new Listeners();
  readonly #points = new Listeners();
  #history: HistoryBuffer;
  #detail: Detail | undefined;
  #zoom: Range | undefined;
  #zoomTimer: ReturnType<typeof setTimeout> | undefined;
  #stop: AbortController | undefined;

  constructor(runId: string) {
    this.runId = runId;
    this.#history = new HistoryBuffer(runId);
  }

  subscribe(listener: () => void): () => void {
    return this.#points.add(listener);
  }

  keys(): string[] {
    return this.#history.keys();
  }

  /** The points of a series as they are now, in full detail within the zoomed range once that has arrived. */
  curve(key: string): Curve {
    const whole = this.#history.get(key) ?? emptyCurve;
    const detail = whole.exact ? undefined : this.#detail?.history.get(key);
    return detail ? joinCurves(detail, whole) : whole;
  }

  /** The greatest step of any series; −1 without points. */
  lastStep(): number {
    return Math.max(-1, ...this.keys().map((key) => this.#history.get(key)?.steps.at(-1) ?? -1));
  }

  /** Begins to load and to follow. `onNews` hears of the run's changes. */
  start(onNews: FeedNews): void {
    this.#stop?.abort();
    this.#stop = new AbortController();
    void this.#follow(onNews, this.#stop.signal);
  }

  stop(): void {
    this.#stop?.abort();
    clearTimeout(this.#zoomTimer);
  }

  /** Says which steps are looked at closely; undefined: all. Where the history is in buckets, it fetches that range finer. */
  zoomTo(range: Range | undefined): void {
    this.#zoom = range;
    clearTimeout(this.#zoomTimer);
    const signal = this.#stop?.signal;
    if (!range || !signal || this.keys().every((key) => this.#history.get(key)?.exact))
      return this.#setDetail(undefined);
    this.#zoomTimer = setTimeout(() => void this.#fetchDetail(range, signal), detailAfterMs);
  }

  async #fetchDetail(range: Range, signal: AbortSignal): Promise<void> {
    const history = new HistoryBuffer(this.runId);
    const [from, to] = range;
    try {
      const runId = this.runId as RunId;
      history.load(
        await client.readHistory({ runId, from: Math.floor(from), to: Math.ceil(to), width: detailWidth, signal }),
      );
    } catch (error) {
      // The buckets stay on the screen; the next zoom asks again.
      if (!(error instanceof EtudeError) && !signal.aborted) throw error;
      return;
    }
    if (this.#zoom === range && !signal.aborted) this.#setDetail({ range, history });
  }

  #setDetail(detail: Detail | undefined): void {
    if (detail === this.#detail) return;
    this.#detail = detail;
    this.generation += 1;
    this.#points.notify();
  }

  async #follow(news: FeedNews, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (!(await this.#loadAndListen(news, signal))) return;
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) return this.#become({ name: "failed", error });
        this.#become({ name: "reconnecting", reason: error.message });
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    }
  }

  /** Returns true when the history has to be loaded again. */
  async #loadAndListen(news: FeedNews, signal: AbortSignal): Promise<boolean> {
    // Asked before the history, so that the history of an ended run is known to be whole.
    const run = await client.getRun({ runId: this.runId as RunId, signal });
    news.onRun(run);
    await this.#load(signal);
    if (!isEnded(run.status)) return this.#listen(news, signal);
    this.#become({ name: "ended" });
    return false;
  }

  async #load(signal: AbortSignal): Promise<void> {
    const answer = await client.readHistory({ runId: this.runId as RunId, width: historyWidth, signal });
    const history = new HistoryBuffer(this.runId);
    history.load(answer);
    this.#history = history;
    this.#renew();
  }

  /** Follows the socket. Returns true when the history has to be loaded again. */
  async #listen(news: FeedNews, signal: AbortSignal): Promise<boolean> {
    const history = this.#history;
    const options = { url: serverUrl, runId: this.runId, after: history.cursor, signal };
    for await (const event of live(options)) {
      if (!this.#take(event, news)) return true;
    }
    return false;
  }

  /** Takes one event. Returns false when points are missing that only HTTP can give. */
  #take(event: LiveEvent, news: FeedNews): boolean {
    switch (event.type) {
      case "points-appended":
      case "points-summarised":
        try {
          if (!this.#history.apply(event)) return true;
        } catch (error) {
          if (error instanceof RangeError) return false;
          throw error;
        }
        this.pace.add(this.lastStep(), performance.now());
        this.#points.notify();
        return true;
      case "history-rewound":
        if (!this.#history.apply(event)) return true;
        this.pace.restart();
        this.#renew();
        return this.keys().every((key) => !this.#history.get(key)?.incomplete);
      case "subscribed":
      case "run-changed":
        this.#become({ name: "live" });
        news.onRun(event.run);
        return true;
      case "log-appended":
        news.onLog(event.lines);
        return true;
      case "run-deleted":
        news.onDeleted();
        return true;
      case "connection-lost":
        this.#become({ name: "reconnecting", reason: event.reason });
        return true;
      default:
        return true;
    }
  }

  #renew(): void {
    this.generation += 1;
    this.#detail = undefined;
    if (this.#zoom) this.zoomTo(this.#zoom);
    this.#points.notify();
  }

  #become(state: FeedState): void {
    if (state.name === this.state.name) return;
    this.state = state;
    this.states.notify();
  }
}
