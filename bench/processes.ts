/** Processor time and memory of processes, as /proc tells. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second: USER_HZ, which is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

const statOf = (pid: number): string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // After the name in parentheses, which may hold anything.
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
};

/** The process and everything it has started. */
export function treeOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(statOf(Number(name))[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const all = [pid];
  for (const one of all) all.push(...(children.get(one) ?? []));
  return all;
}

/** Seconds of processor time that the process and all it has started have used, those that ended too. */
export function cpuSeconds(pid: number): number {
  return treeOf(pid).reduce((sum, one) => {
    try {
      const [user, system, endedUser, endedSystem] = statOf(one).slice(11, 15).map(Number) as [
        number,
        number,
        number,
        number,
      ];
      return sum + (user + system + endedUser + endedSystem) / ticksPerSecond;
    } catch {
      return sum;
    }
  }, 0);
}

/** Resident memory of one process in MiB: now, and the most it ever was. */
export function memoryMiB(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN);
  return { now: kib("VmRSS") / 1024, peak: kib("VmHWM") / 1024 };
}

/** The value below which `p` per cent of the values lie. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? Number.NaN;
}

/** What the figures were taken on. */
export const machine = (): string =>
  `${execFileSync("nproc", { encoding: "utf8" }).trim()} cores, Node ${process.version}, load ${readFileSync("/proc/loadavg", "utf8").split(" ")[0]}`;
