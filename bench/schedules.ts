/**
 * Rates per second of every kind of schedule, driven step by step as the trainer does, against PyTorch's scheduler
 * objects in a training loop's order (`param_groups[0]["lr"]`, `scheduler.step()`); previews of a million steps in
 * buckets; and the memory that a run keeps for growing horizons. Processor time throughout; rounds of both sides
 * alternate; medians are printed, one JSON line a case. `difference` is that between the sums of both sides' rates,
 * relative. PyTorch comes from the Python of ETUDE_BENCH_PYTHON, else from python3.
 *
 *   node --conditions=source --import tsx bench/schedules.ts [part of a case's name]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Measure, Measurement } from "./pytorch/one-case.ts";
import { type Peer, startPeer } from "./pytorch/peer.ts";
import { type Case, cases, horizon, rate } from "./pytorch/schedule-cases.ts";

/** Rounds before those that count: V8 compiles during them. */
const warmUp = 3;
const rounds = 11;

type Ask = <Of extends Measure>(what: Of) => Promise<Measurement<Of>>;

const print = (line: Readonly<Record<string, unknown>>): void => console.log(JSON.stringify(line));
const significant = (value: number): number => Number(value.toPrecision(3));
const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1]!;
const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Rounds of ours and, in between, of theirs. */
async function speed({ name, theirs }: Case, ask: Ask, peer: Peer | undefined): Promise<void> {
  const [ours, other]: [number[], number[]] = [[], []];
  let difference = Number.NaN;
  let why = theirs ? "no PyTorch" : "PyTorch has no such scheduler";
  for (let round = -warmUp; round < rounds; round++) {
    const { seconds, sum } = await ask("round");
    if (round >= 0) ours.push(1 / seconds);
    const answer = theirs && (await peer?.measure(theirs, rate, horizon));
    if (answer && "error" in answer) why = answer.error;
    if (!answer || "error" in answer) continue;
    difference = Math.abs(sum - answer.sum) / answer.sum;
    if (round >= 0) other.push(horizon / answer.seconds);
  }
  const compared = other.length > 0 && {
    theirs: significant(median(other)),
    scheduler: theirs!.scheduler,
    ratio: significant(median(ours.map((value, round) => value / other[round]!))),
    difference: significant(difference),
  };
  print({
    measure: "rates per second",
    case: name,
    ours: significant(median(ours)),
    ...(compared || { theirs: `not compared: ${why}` }),
  });
}

async function measure(item: Case, peer: Peer | undefined): Promise<void> {
  const child = fork(fileURLToPath(new URL("pytorch/one-case.ts", import.meta.url)), [item.name]);
  const ask: Ask = async (what) => {
    child.send(what);
    const [answer] = await once(child, "message");
    return answer as Measurement<typeof what>;
  };
  await speed(item, ask, peer);
  const times = await ask("preview");
  print({
    measure: "preview of 1 000 000 steps, ms",
    case: item.name,
    ...(times
      ? { p50: significant(median(times)), p95: significant(quantile(times, 0.95)), first: significant(times[0]!) }
      : { drawn: "not without a training" }),
  });
  print({ measure: "memory kept", case: item.name, horizons: await ask("memory") });
  child.disconnect();
}

const peer = await startPeer();
print({
  measure: "versions",
  node: process.versions.node,
  pytorch: peer?.versions ?? "not compared: no Python that can import torch",
});
for (const item of cases) if (item.name.includes(process.argv[2] ?? "")) await measure(item, peer);
peer?.close();
