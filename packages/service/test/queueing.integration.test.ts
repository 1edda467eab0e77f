import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunId, TrainJob } from "@etude/contracts";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createQueueing, prepareQueue, type Consumer, type Queueing } from "../src/index.ts";
import { logger, onBoth } from "./places.ts";

const job = (attempt = 1): TrainJob => ({ runId: randomUUID() as RunId, attempt });
const within = { timeout: 30_000, interval: 20 };

onBoth((place) => {
  let queueing: Queueing;
  let consumers: Consumer[] = [];
  let pool: string;
  beforeAll(async () => {
    await prepareQueue(place);
    queueing = createQueueing(place, logger);
  });
  afterAll(() => queueing.close());
  afterEach(async () => {
    for (const consumer of consumers) consumer.cancelAll("the test is over");
    await Promise.all(consumers.map((consumer) => consumer.close()));
    consumers = [];
  });
  const work = (...args: Parameters<Queueing["work"]>): Consumer => {
    const consumer = queueing.work(...args);
    consumers.push(consumer);
    return consumer;
  };
  const fresh = (): string => (pool = `pool-${randomUUID().slice(0, 8)}`);

  test("a delivery reaches its pool once and is then forgotten", async () => {
    const [mine, other] = [job(), job(3)];
    fresh();
    const seen: TrainJob[] = [];
    await queueing.add(pool, mine);
    await queueing.add(`${pool}-other`, other);
    expect(await queueing.depth(pool)).toEqual({ waiting: 1, active: 0 });
    expect(await queueing.deliveries(pool)).toEqual([mine]);
    work(pool, async (delivered) => void seen.push(delivered), { concurrency: 2 });
    await vi.waitFor(async () => {
      expect(await queueing.depth(pool)).toEqual({ waiting: 0, active: 0 });
    }, within);
    expect(seen).toEqual([mine]);
    expect(await queueing.deliveries(pool)).toEqual([]);
    expect(await queueing.deliveries(`${pool}-other`)).toEqual([other]);
  });

  test("adding the same delivery twice is one; the next attempt is another", async () => {
    fresh();
    const first = job();
    await Promise.all([queueing.add(pool, first), queueing.add(pool, first), queueing.add(pool, first)]);
    await queueing.add(pool, { ...first, attempt: 2 });
    const attempts = (await queueing.deliveries(pool)).map(({ attempt }) => attempt);
    expect(new Set(attempts)).toEqual(new Set([1, 2]));
    expect(attempts.length).toBe(2);
    expect(await queueing.depth(pool)).toEqual({ waiting: 2, active: 0 });
  });

  test("order: without priority first, then the lower number, then the earlier", async () => {
    fresh();
    const [a, b, c, d] = [job(), job(), job(), job()];
    await queueing.add(pool, { ...a, priority: 9 });
    await queueing.add(pool, { ...b, priority: 2 });
    await queueing.add(pool, c);
    await queueing.add(pool, { ...d, priority: 2 });
    expect((await queueing.deliveries(pool)).length).toBe(4);
    const seen: TrainJob[] = [];
    work(pool, async (delivered) => void seen.push(delivered), { concurrency: 1 });
    await vi.waitFor(() => expect(seen).toEqual([c, b, d, a]), within);
  });

  test("never more at a time than the concurrency", async () => {
    fresh();
    let running = 0;
    let most = 0;
    let done = 0;
    for (let i = 0; i < 12; i += 1) await queueing.add(pool, job());
    const handler = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await sleep(20);
      running -= 1;
      done += 1;
    };
    work(pool, handler, { concurrency: 3 });
    await vi.waitFor(() => expect(done).toBe(12), within);
    expect(most).toBe(3);
  });

  test("a handler that fails ends its delivery: it is not run again", async () => {
    fresh();
    const calls: number[] = [];
    await queueing.add(pool, job(1));
    await queueing.add(pool, job(2));
    const handler = async ({ attempt }: TrainJob): Promise<void> => {
      calls.push(attempt);
      if (attempt === 1) throw new Error("broken on purpose");
    };
    work(pool, handler, { concurrency: 1 });
    await vi.waitFor(async () => {
      expect(calls).toEqual([1, 2]);
      expect(await queueing.deliveries(pool)).toEqual([]);
    }, within);
  });

  test("cancel aborts the signal of that delivery only", async () => {
    fresh();
    const [first, second] = [job(), job()];
    const aborted: string[] = [];
    const started: string[] = [];
    let finishSecond = (): void => {};
    const mayFinish = new Promise<void>((resolve) => (finishSecond = resolve));
    const consumer = work(
      pool,
      async ({ runId }, signal) => {
        started.push(runId);
        const abort = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        await Promise.race([abort, mayFinish]);
        if (signal.aborted) aborted.push(runId);
      },
      { concurrency: 2 },
    );
    await queueing.add(pool, first);
    await queueing.add(pool, second);
    await vi.waitFor(() => expect(started.length).toBe(2), within);
    expect(await queueing.depth(pool)).toEqual({ waiting: 0, active: 2 });
    expect(consumer.cancel(first, "asked to")).toBe(true);
    await vi.waitFor(async () => expect(await queueing.deliveries(pool)).toEqual([second]), within);
    expect(aborted).toEqual([first.runId]);
    expect(consumer.cancel(job(), "not here")).toBe(false);
    finishSecond();
  });

  test("close takes no more and waits for what runs", async () => {
    fresh();
    const done: string[] = [];
    let started = (): void => {};
    const running = new Promise<void>((resolve) => (started = resolve));
    const consumer = work(
      pool,
      async ({ runId }) => {
        started();
        await sleep(300);
        done.push(runId);
      },
      { concurrency: 1 },
    );
    const [first, second] = [job(), job()];
    await queueing.add(pool, first);
    await running;
    await queueing.add(pool, second);
    await consumer.close();
    expect(done).toEqual([first.runId]);
    expect(await queueing.deliveries(pool)).toEqual([second]);
  });

  test("a queue that is lost while a delivery runs breaks nothing", async () => {
    fresh();
    const seen: string[] = [];
    let finish = (): void => {};
    const mayFinish = new Promise<void>((resolve) => (finish = resolve));
    const [lost, later] = [job(), job()];
    work(
      pool,
      async ({ runId }) => {
        seen.push(runId);
        if (runId === lost.runId) await mayFinish;
      },
      { concurrency: 1 },
    );
    await queueing.add(pool, lost);
    await vi.waitFor(() => expect(seen).toEqual([lost.runId]), within);
    await queueing.obliterate(pool);
    expect(await queueing.deliveries(pool)).toEqual([]);
    finish();
    await queueing.add(pool, later);
    await vi.waitFor(() => expect(seen).toEqual([lost.runId, later.runId]), within);
  });
});
