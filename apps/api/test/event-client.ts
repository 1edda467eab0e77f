import { ServerFrame } from "@etude/contracts";
import { expect } from "vitest";
import { Client } from "./viewer-client.ts";

/** Reads an event stream as curl would, and keeps what a browser keeps: the last id. */
export class EventClient {
  readonly frames: ServerFrame[] = [];
  /** One a run: refuses gaps and duplicates. Shared by the streams of one client. */
  readonly clients: Map<string, Client>;
  readonly faults: unknown[] = [];
  lastId: string | undefined;
  ended = false;
  readonly #stop = new AbortController();

  private constructor(before?: EventClient) {
    this.clients = before?.clients ?? new Map<string, Client>();
    this.lastId = before?.lastId;
  }

  /** Opens a stream; one that comes `after` another goes on from its last id. Rejects with the status of a refusal. */
  static async open(
    url: string,
    { before, headers = {} }: { before?: EventClient; headers?: Record<string, string> } = {},
  ): Promise<EventClient> {
    const client = new EventClient(before);
    const last = client.lastId === undefined ? {} : { "last-event-id": client.lastId };
    const answer = await fetch(url, { headers: { ...headers, ...last }, signal: client.#stop.signal });
    if (!answer.ok || answer.body === null) throw new Error(`status ${answer.status}: ${await answer.text()}`);
    expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
    void client.#read(answer.body).catch(() => undefined);
    return client;
  }

  size(runId: string): number {
    expect(this.faults).toEqual([]);
    return this.clients.get(runId)?.size ?? 0;
  }

  close(): void {
    this.#stop.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    try {
      for await (const bytes of body) {
        text += decoder.decode(bytes, { stream: true });
        const events = text.split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) this.#take(event);
      }
    } finally {
      this.ended = true;
    }
  }

  #take(event: string): void {
    const fields = Object.fromEntries(event.split("\n").map((line) => line.split(/: (.*)/s) as [string, string]));
    if (fields["data"] === undefined) return;
    try {
      const frame = ServerFrame.parse(JSON.parse(fields["data"]));
      expect(fields["event"]).toBe(frame.type);
      this.frames.push(frame);
      const runId = "runId" in frame ? frame.runId : undefined;
      if (frame.type === "points-appended" || frame.type === "points-summarised" || frame.type === "history-rewound") {
        const client = this.clients.get(frame.runId) ?? new Client(frame.attempt);
        this.clients.set(frame.runId, client);
        client.receive(fields["data"]);
        expect(fields["id"]).toBeDefined();
      } else if (frame.type === "run-deleted" && runId !== undefined) this.clients.delete(runId);
      if (fields["id"] !== undefined) this.lastId = fields["id"];
    } catch (error) {
      this.faults.push(error);
    }
  }
}
