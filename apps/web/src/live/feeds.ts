import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import type { LogLine, Run } from "@etude/contracts";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { type FeedNews, type FeedState, RunFeed } from "./run-feed.ts";

/** A feed nobody shows is kept this long, so that going from a run to a comparison does not load it again. */
const keepMs = 10_000;

interface Held {
  readonly feed: RunFeed;
  users: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const held = new Map<string, Held>();

function feedOf(runId: string): Held {
  let one = held.get(runId);
  if (!one) held.set(runId, (one = { feed: new RunFeed(runId), users: 0, timer: undefined }));
  return one;
}

function acquire(runId: string, queries: QueryClient): () => void {
  const one = feedOf(runId);
  const running = one.users > 0 || one.timer !== undefined;
  clearTimeout(one.timer);
  one.timer = undefined;
  one.users += 1;
  if (!running) one.feed.start(newsFor(runId, queries));
  return () => {
    one.users -= 1;
    if (one.users > 0) return;
    one.timer = setTimeout(() => {
      one.feed.stop();
      held.delete(runId);
    }, keepMs);
  };
}

/** Puts what a feed tells besides points into the cache of queries. */
const newsFor = (runId: string, queries: QueryClient): FeedNews => ({
  onRun: (run: Run) => {
    queries.setQueryData(["run", runId], run);
  },
  onLog: (lines) => {
    queries.setQueryData<{ lines: LogLine[] }>(["log", runId], (known) => {
      if (!known) return undefined;
      const last = known.lines.at(-1)?.id ?? -1;
      const news = lines.filter((line) => line.id > last);
      return news.length === 0 ? known : { lines: [...known.lines, ...news] };
    });
  },
  onDeleted: () => {
    void queries.invalidateQueries({ queryKey: ["run", runId] });
    void queries.invalidateQueries({ queryKey: ["runs"] });
  },
});

/** Feeds of several runs, followed while the component is shown. The array is stable while the ids are. */
export function useRunFeeds(runIds: readonly string[]): readonly RunFeed[] {
  const queries = useQueryClient();
  const key = runIds.join(",");
  const feeds = useMemo(() => (key === "" ? [] : key.split(",").map((id) => feedOf(id).feed)), [key]);
  useEffect(() => {
    const releases = feeds.map(({ runId }) => acquire(runId, queries));
    return () => releases.forEach((release) => release());
  }, [feeds, queries]);
  return feeds;
}

export const useRunFeed = (runId: string): RunFeed => useRunFeeds([runId])[0]!;

/** Follows a run again that had ended and is active once more, because somebody retried it. */
export function useFollowRetry(feed: RunFeed, active: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (active && feed.state.name === "ended") feed.start(newsFor(feed.runId, queries));
  }, [feed, active, queries]);
}

/** Where a feed stands, rendered again when that changes. */
export const useFeedState = (feed: RunFeed): FeedState => useSyncExternalStore(feed.states.add, () => feed.state);

/** Keys of the series that a feed has, rendered again when a new one appears. */
export function useFeedKeys(feed: RunFeed): readonly string[] {
  const subscribe = useCallback((listener: () => void) => feed.subscribe(listener), [feed]);
  const joined = useSyncExternalStore(subscribe, () => feed.keys().join(" "));
  return useMemo(() => (joined === "" ? [] : joined.split(" ")), [joined]);
}
