import {
  type CursorContent,
  decodeCursor,
  encodePoints,
  type PointColumns,
  type Ring,
  RunSpec,
  type RunId,
} from "@etude/contracts";
import { createDatabase, type Database, type Flushed, type Recorder } from "@etude/db";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { Viewer } from "../src/live/viewer.ts";
import { Lane } from "../src/live/lane.ts";
import { Client, FakeSocket } from "./viewer-client.ts";

const { url } = await withDatabase();
/** Two API processes on one database. */
const replicas = [createDatabase({ url }), createDatabase({ url })] as const;
const db = replicas[0];
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()));
});

const keys = ["train/loss", "validation/loss", "learning-rate"];
const calmBytes = 500;
const limits = { pagePoints: 1024, farBehindPoints: 4000, summaryWidth: 50, laggingPoints: 3000, laggingWidth: 20 };
type PointRing = Extract<Ring, { type: "appended" | "rewound" }>;

interface Watching {
  viewer: Viewer;
  socket: FakeSocket;
  readonly format: "binary" | "json";
}

/** One run with its writers, its viewers, and a bus that loses, repeats and delays. */
class World {
  readonly runId: RunId;
  attempt = 0;
  recorder!: Recorder;
  /** Next step of each series. */
  steps: number[] = [0, 0, 0];
  checkpoint = 0;
  readonly zombies: Recorder[] = [];
  readonly late: { ring: PointRing; frame: Uint8Array | undefined }[] = [];
  readonly viewers: Watching[] = [];

  constructor(runId: RunId) {
    this.runId = runId;
  }

  static async create(): Promise<World> {
    const spec = RunSpec.parse({
      dataset: { kind: "digits" },
      model: { kind: "mlp" },
      optimizer: { kind: "sgd" },
      schedule: { kind: "constant", rate: 0.1 },
      budget: { steps: 100 },
    });
    const { runs } = await db.runs.create([{ spec }]);
    const world = new World(runs[0]!.id);
    await world.claim();
    return world;
  }

  /** Another worker takes the run over. */
  async claim(): Promise<void> {
    const claim = await db.runs.claim(
      { runId: this.runId, attempt: this.attempt + 1 },
      { worker: "w", leaseMs: 600_000 },
    );
    if (!claim) throw new Error("the claim was refused");
    this.attempt = claim.attempt;
    const recorder = await db.openRecorder(this.runId, claim.attempt);
    if (recorder === "lost") throw new Error("the claim does not hold");
    this.recorder = recorder;
    this.steps = keys.map(() => claim.resume?.step ?? 0);
    if (claim.rewoundTo !== null) {
      this.late.push({
        ring: { type: "rewound", runId: this.runId, attempt: this.attempt, step: claim.rewoundTo },
        frame: undefined,
      });
    }
  }

  /** Values tell which attempt made them, so that a point of the wrong one is noticed. */
  columns(series: number, n: number, stride: number, attempt = this.attempt): PointColumns {
    const from = this.steps[series]!;
    const steps = Float64Array.from({ length: n }, (_, i) => from + i * stride);
    const value = (step: number): number => (step % 501 === 500 ? Number.NaN : step / 3 + attempt * 1e6);
    return { key: keys[series]!, steps, values: Float64Array.from(steps, value) };
  }

  push(series: number, n: number, stride: number): void {
    this.recorder.push([this.columns(series, n, stride)]);
    this.steps[series]! += n * stride;
  }

  committed({ from, to, piece }: Flushed, withFrame: boolean): void {
    if (from === to) return;
    const ring = { type: "appended", runId: this.runId, attempt: piece.attempt, from, to } as const;
    this.late.push({ ring, frame: withFrame ? encodePoints(piece) : undefined });
  }

  deliver({ ring, frame }: { ring: PointRing; frame: Uint8Array | undefined }): void {
    for (const { viewer } of this.viewers) viewer.ring(ring, frame);
  }

  /** A new client, which has nothing. */
  join(format: "binary" | "json", onEnd?: (why: string) => void): Watching {
    return this.watch(format, db, undefined, new Client(this.attempt), onEnd);
  }

  watch(
    format: "binary" | "json",
    replica: Database,
    after: CursorContent | undefined,
    client: Client,
    onEnd?: (why: string) => void,
  ): Watching {
    const socket = new FakeSocket(client, calmBytes);
    const viewer = new Viewer({
      runId: this.runId,
      after: after ?? { attempt: client.attempt, counts: [] },
      format,
      log: replica.history,
      socket,
      lane: new Lane(socket, { calmBytes }),
      limits,
      ...(onEnd && { onEnd }),
      onError: (error) => {
        throw error;
      },
    });
    viewer.start();
    return { viewer, socket, format };
  }

  async settle(): Promise<void> {
    for (const { viewer, socket } of this.viewers) {
      socket.slow = false;
      const position = (await db.history.positions([this.runId])).get(this.runId);
      viewer.compare(position);
      const done = viewer.refresh();
      // What was waiting is taken now; what follows is taken at once.
      socket.drain();
      await done;
      socket.drain();
    }
  }
}

type Command = fc.AsyncCommand<object, World>;
const command = (name: string, run: (world: World) => Promise<void> | void): Command => ({
  check: () => true,
  run: async (_, world) => run(world),
  toString: () => name,
});

const nth = <T>(items: readonly T[], i: number): T | undefined => items[i % Math.max(1, items.length)];
const small = fc.nat({ max: 5 });

const fewOrMany = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 5 }), weight: 4 },
  { arbitrary: fc.integer({ min: 1000, max: 2600 }), weight: 1 },
);

const push = fc
  .tuple(fc.nat({ max: 2 }), fewOrMany, fc.integer({ min: 1, max: 3 }))
  .map(([series, n, stride]) =>
    command(`push(${keys[series]}, ${n}, ${stride})`, (world) => world.push(series, n, stride)),
  );

/** The worker records, commits and rings; the bus does as it likes. */
const append = fc
  .record({
    series: fc.nat({ max: 2 }),
    n: fewOrMany,
    frame: fc.constantFrom(true, true, true, false),
    bus: fc.constantFrom("rings", "rings", "rings", "twice", "loses", "delays"),
  })
  .map(({ series, n, frame, bus }) =>
    command(`append(${keys[series]}, ${n}, ${frame ? "with frame, " : ""}${bus})`, async (world) => {
      world.push(series, n, 1);
      const flushed = await world.recorder.flush();
      if (flushed === "lost") throw new Error("the holder lost its run");
      world.committed(flushed, frame);
      if (bus === "delays") return;
      const rung = bus === "loses" ? [] : [world.late.pop()!];
      if (bus === "loses") world.late.pop();
      for (const one of rung) for (let i = 0; i < (bus === "twice" ? 2 : 1); i += 1) world.deliver(one);
    }),
  );

const checkpoint = fc.constant(
  command("checkpoint", async (world) => {
    const step = Math.min(...world.steps);
    if (step <= world.checkpoint) return;
    const flushed = await world.recorder.registerCheckpoint({ step, file: "f", sha256: "s", bytes: 1 });
    if (flushed === "lost") throw new Error("the holder lost its run");
    world.committed(flushed, false);
    world.checkpoint = step;
  }),
);

const kill = fc.boolean().map((midFlush) =>
  command(`kill(${midFlush ? "mid-flush" : ""})`, async (world) => {
    const dying = world.recorder;
    if (midFlush) world.recorder.push([world.columns(0, 3, 1)]);
    // The flush races with the takeover: it commits before, or not at all.
    const flushing = midFlush ? dying.flush() : undefined;
    await db.runs.requeue(world.runId, world.attempt, { why: "killed", loss: false });
    await world.claim();
    await flushing;
    world.zombies.push(dying);
  }),
);

const zombie = small.map((i) =>
  command(`zombie(${i})`, async (world) => {
    const recorder = nth(world.zombies, i);
    if (!recorder) return;
    recorder.push([
      { ...world.columns(0, 2000, 1, -1), steps: Float64Array.from({ length: 2000 }, (_, step) => 1e7 + step) },
    ]);
    expect(await recorder.flush()).toBe("lost");
    expect(await recorder.registerCheckpoint({ step: 1e6, file: "z", sha256: "z", bytes: 1 })).toBe("lost");
  }),
);

const shuffledRings = fc.boolean().map((backwards) =>
  command(`late rings${backwards ? ", backwards" : ""}`, (world) => {
    const rung = world.late.splice(0);
    for (const one of backwards ? rung.toReversed() : rung) world.deliver(one);
  }),
);

const join = fc.constantFrom("binary" as const, "json" as const).map((format) =>
  command(`join(${format})`, (world) => {
    if (world.viewers.length < 4) world.viewers.push(world.join(format));
  }),
);

const slow = small.map((i) =>
  command(`slow(${i})`, (world) => {
    const watching = nth(world.viewers, i);
    if (watching) watching.socket.slow = true;
  }),
);

const drain = fc
  .tuple(small, fc.integer({ min: 1, max: 4 }))
  .map(([i, n]) => command(`drain(${i}, ${n})`, (world) => nth(world.viewers, i)?.socket.drain(n)));

const compare = fc.constant(
  command("compare", async (world) => {
    const position = (await db.history.positions([world.runId])).get(world.runId);
    for (const { viewer } of world.viewers) viewer.compare(position);
  }),
);

const reconnect = fc.tuple(small, fc.nat({ max: 1 })).map(([i, replica]) =>
  command(`reconnect(${i}, replica ${replica})`, (world) => {
    const at = i % Math.max(1, world.viewers.length);
    const before = world.viewers[at];
    if (!before) return;
    before.socket.close();
    before.viewer.close();
    const { client } = before.socket;
    const after = client.cursor === undefined ? undefined : decodeCursor(client.cursor);
    world.viewers[at] = world.watch(before.format, replicas[replica]!, after, client);
  }),
);

const appends = Array.from({ length: 8 }, () => append);
const others = [push, checkpoint, kill, zombie, shuffledRings, join, slow, slow, drain, drain, compare, reconnect];
const commands = [...appends, ...others];

test("whatever happens, every viewer ends with exactly the log", async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: "max" }), async (steps) => {
      const world = await World.create();
      world.viewers.push(world.join("binary"), world.join("json"));
      await fc.asyncModelRun(() => ({ model: {}, real: world }), steps);
      await world.settle();
      const log = await db.history.readHistory(world.runId);
      for (const { socket } of world.viewers) {
        expect(socket.client.faults).toEqual([]);
        socket.client.verify(log);
      }
    }),
    { numRuns: 20 },
  );
});

test("each kind of frame is sent where it belongs", async () => {
  const world = await World.create();
  const kinds = (): string[][] => world.viewers.map(({ socket }) => [...socket.client.seen.keys()]);
  const append = async (n: number, withFrame: boolean): Promise<void> => {
    world.push(0, n, 1);
    world.committed((await world.recorder.flush()) as Flushed, withFrame);
    for (const ring of world.late.splice(0)) world.deliver(ring);
    await world.settle();
  };
  world.viewers.push(world.join("binary"));
  await append(100, true);
  expect(kinds()).toEqual([["points-appended"]]);
  await append(limits.farBehindPoints + 1, false);
  world.viewers.push(world.join("json"));
  await world.settle();
  expect(kinds()).toEqual([["points-appended", "points-summarised"], ["points-summarised"]]);
  await db.runs.requeue(world.runId, 1, { why: "killed", loss: false });
  await world.claim();
  await world.settle();
  const rewound = "history-rewound";
  expect(kinds()).toEqual([
    ["points-appended", "points-summarised", rewound],
    ["points-summarised", rewound],
  ]);
  const log = await db.history.readHistory(world.runId);
  for (const { socket } of world.viewers) socket.client.verify(log);
});

test("a viewer of a run that is deleted ends", async () => {
  const world = await World.create();
  const ends: string[] = [];
  const watching = world.join("binary", (why) => ends.push(why));
  await world.settle();
  await db.runs.finish(world.runId, 1, { outcome: "completed" });
  await db.runs.remove(world.runId);
  await watching.viewer.refresh();
  expect(ends).toEqual(["gone"]);
});
