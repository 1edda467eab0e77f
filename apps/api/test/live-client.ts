import { type ClientFrameInput, ServerFrame } from "@etude/contracts";
import { expect } from "vitest";
import { WebSocket } from "ws";
import { Client } from "./viewer-client.ts";

type Frame = ServerFrame;
type Of<Type extends Frame["type"]> = Extract<Frame, { type: Type }>;
const points = new Set(["points-appended", "points-summarised", "history-rewound"]);

/** A real socket: points go to one Client a run, which refuses gaps and duplicates, everything else is kept. */
export class LiveClient {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  readonly clients = new Map<string, Client>();
  readonly faults: unknown[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer, isBinary) => {
      try {
        this.#take(isBinary ? Uint8Array.from(data) : data.toString());
      } catch (error) {
        this.faults.push(error);
      }
    });
  }

  /** Opens a socket; rejects with the status of a refused upgrade. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<LiveClient> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/v1/live`, { headers });
    const client = new LiveClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("unexpected-response", (_request, response) => reject(new Error(`status ${response.statusCode}`)));
      socket.once("error", reject);
    });
    return client;
  }

  say(frame: ClientFrameInput): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** Goes on from where `before` was, in another connection. */
  resume(runId: string, before: Client): void {
    this.clients.set(runId, before);
    this.say({
      type: "subscribe",
      runId: runId as never,
      ...(before.cursor === undefined ? {} : { after: before.cursor }),
    });
  }

  all<Type extends Frame["type"]>(type: Type): Of<Type>[] {
    return this.frames.filter((frame): frame is Of<Type> => frame.type === type);
  }

  /** Waits for the first frame of a type that fits. */
  async next<Type extends Frame["type"]>(
    type: Type,
    fits: (frame: Of<Type>) => boolean = () => true,
  ): Promise<Of<Type>> {
    await expect.poll(() => this.all(type).some(fits), { timeout: 10_000 }).toBe(true);
    return this.all(type).find(fits) as Of<Type>;
  }

  /** Points that the client has of a run. */
  size(runId: string): number {
    expect(this.faults).toEqual([]);
    return this.clients.get(runId)?.size ?? 0;
  }

  close(): void {
    this.socket.close();
  }

  #take(message: Uint8Array | string): void {
    const frame = typeof message === "string" ? ServerFrame.parse(JSON.parse(message)) : undefined;
    if (frame !== undefined && !points.has(frame.type)) {
      this.frames.push(frame);
      if (frame.type === "subscribed" && !this.clients.has(frame.run.id))
        this.clients.set(frame.run.id, new Client(frame.run.attempt));
      return;
    }
    const { runId } = headerOf(message);
    const client = this.clients.get(runId);
    if (client === undefined) throw new Error(`points of ${runId} before its subscribed`);
    // Who has no point yet is at any attempt.
    if (client.size === 0 && frame?.type !== "history-rewound") client.attempt = headerOf(message).attempt;
    client.receive(message);
  }
}

function headerOf(message: Uint8Array | string): { runId: string; attempt: number } {
  if (typeof message === "string") return JSON.parse(message);
  const length = new DataView(message.buffer).getUint32(0, true);
  return JSON.parse(new TextDecoder().decode(message.subarray(4, 4 + length)));
}
