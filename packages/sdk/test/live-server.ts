import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type CursorContent,
  decodeCursor,
  emptyCursor,
  encodeCursor,
  encodePoints,
  toJsonNumbers,
} from "@etude/contracts";
import { type WebSocket, WebSocketServer } from "ws";

export const runId = "0193a8f0-0000-7000-8000-000000000001";
export const keys = ["train/loss", "learning-rate"];

/** Faults that a line may have; each is decided by `random`. */
export interface Faults {
  readonly kill: number;
  readonly duplicate: number;
  readonly skip: number;
  readonly random: () => number;
}

/** A server of one run that follows the protocol of frames.ts, on a line as bad as one asks for. */
export class LiveServer {
  readonly logs = keys.map(() => ({ steps: [] as number[], values: [] as number[] }));
  readonly subscribes: Record<string, unknown>[] = [];
  readonly upgrades: IncomingMessage["headers"][] = [];
  attempt = 1;
  faults: Faults = { kill: 0, duplicate: 0, skip: 0, random: Math.random };
  /** Set to answer a subscription in another way. */
  onSubscribe: ((socket: WebSocket, frame: Record<string, unknown>) => void) | undefined;
  readonly #rewinds: { attempt: number; counts: number[] }[] = [];
  readonly #viewers = new Map<WebSocket, CursorContent>();
  readonly #server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/v1/live" });

  async start(): Promise<string> {
    this.#server.on("connection", (socket, request) => {
      this.upgrades.push(request.headers);
      socket.on("message", (data) => this.#hear(socket, JSON.parse(String(data)) as Record<string, unknown>));
      socket.on("close", () => this.#viewers.delete(socket));
    });
    await new Promise((resolve) => this.#server.on("listening", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get connections(): number {
    return this.#server.clients.size;
  }

  /** Drops every line. */
  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  append(index: number, n: number): void {
    const log = this.logs[index];
    for (let i = 0; i < n; i += 1) {
      log?.steps.push((log.steps.at(-1) ?? -1) + 1);
      log?.values.push(this.faults.random());
    }
    for (const socket of this.#viewers.keys()) this.#follow(socket);
  }

  /** A new attempt that keeps the first part of each series. */
  rewind(keep: number): void {
    this.attempt += 1;
    const counts = this.logs.map(({ steps, values }) => {
      steps.length = Math.floor(steps.length * keep);
      return (values.length = steps.length);
    });
    this.#rewinds.push({ attempt: this.attempt, counts });
    for (const socket of this.#viewers.keys()) this.#follow(socket);
  }

  #hear(socket: WebSocket, frame: Record<string, unknown>): void {
    if (frame["type"] === "ping") return this.#say(socket, { type: "heartbeat", at: new Date(0).toISOString() });
    this.subscribes.push(frame);
    if (this.onSubscribe) return this.onSubscribe(socket, frame);
    const cursor = typeof frame["after"] === "string" ? frame["after"] : encodeCursor(emptyCursor);
    this.#viewers.set(socket, decodeCursor(cursor) ?? emptyCursor);
    this.#say(socket, { type: "subscribed", run: { id: runId }, cursor });
    this.#follow(socket);
  }

  #say(socket: WebSocket, frame: unknown): void {
    socket.send(JSON.stringify(frame));
  }

  #follow(socket: WebSocket): void {
    const { random, kill, duplicate, skip } = this.faults;
    let mine = this.#viewers.get(socket);
    if (!mine) return;
    const missed = this.#rewinds.filter(({ attempt }) => mine !== undefined && attempt > mine.attempt);
    if (missed.length > 0 && mine.attempt > 0) {
      const counts = keys.map((_, index) =>
        Math.min(mine?.counts[index] ?? 0, ...missed.map(({ counts }) => counts[index] ?? 0)),
      );
      mine = { attempt: this.attempt, counts };
      const series = counts.map((n, index) => ({ key: keys[index], index, n }));
      this.#say(socket, {
        type: "history-rewound",
        runId,
        attempt: this.attempt,
        step: 0,
        cursor: encodeCursor(mine),
        series,
      });
    }
    for (const [index, log] of this.logs.entries()) {
      for (;;) {
        const from = mine.counts[index] ?? 0;
        if (from >= log.steps.length) break;
        const to = Math.min(log.steps.length, from + 1 + Math.floor(random() * 40));
        const counts = keys.map((_, i) => (i === index ? to : (mine?.counts[i] ?? 0)));
        const total = (list: readonly number[]): number => list.reduce((sum, n) => sum + n, 0);
        const before: number = total(mine.counts);
        mine = { attempt: this.attempt, counts };
        if (random() < skip) continue; // This frame is lost.
        const start = random() < duplicate ? Math.floor(from * random()) : from;
        const steps = Float64Array.from(log.steps.slice(start, to));
        const values = Float64Array.from(log.values.slice(start, to));
        const head = { runId, attempt: this.attempt, from: before, to: total(counts), cursor: encodeCursor(mine) };
        const one = { key: keys[index] as string, index, from: start };
        const frames = random() < duplicate ? 2 : 1;
        for (let i = 0; i < frames; i += 1) {
          if (random() < 0.5) socket.send(encodePoints({ ...head, series: [{ ...one, steps, values }] }));
          else {
            const series = [{ ...one, n: steps.length, steps: [...steps], values: toJsonNumbers(values) }];
            this.#say(socket, { type: "points-appended", ...head, series });
          }
        }
        if (random() < kill) {
          this.#viewers.delete(socket);
          // The frames on the way still arrive, or do not.
          if (random() < 0.5) socket.terminate();
          else socket.close();
          return;
        }
      }
    }
    this.#viewers.set(socket, { attempt: this.attempt, counts: mine.counts });
  }
}
