import { isEnded, type Run, type RunId, type RunStatus, type StudyId } from "@etude/contracts";
import { keepPreviousData, QueryCache, QueryClient, queryOptions, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { client } from "./client.ts";
import { isPassing, needsLogin } from "./problem.ts";

/** How often lists ask for what changed, in milliseconds. Hidden tabs do not ask. */
const listEveryMs = 2000;

/** The cache of everything read by HTTP. `onLoginNeeded` is called when an answer is 401. */
export function createQueryClient(onLoginNeeded: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: (error) => needsLogin(error) && onLoginNeeded() }),
    defaultOptions: {
      queries: { staleTime: 1000, retry: (count, error) => isPassing(error) && count < 2, retryDelay: 500 },
    },
  });
}

export interface RunListFilter {
  readonly status?: readonly RunStatus[] | undefined;
  readonly q?: string | undefined;
  readonly schedule?: string | undefined;
  readonly model?: string | undefined;
  readonly dataset?: string | undefined;
  readonly optimizer?: string | undefined;
  readonly studyId?: string | undefined;
  readonly order?: "newest" | "oldest" | "best-validation-loss" | "final-validation-loss" | "name" | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export const runsQuery = ({ status, studyId, limit = 50, ...filter }: RunListFilter) =>
  queryOptions({
    queryKey: ["runs", { status, studyId, limit, ...filter }],
    queryFn: ({ signal }) =>
      client.listRuns({
        ...present(filter),
        limit,
        ...(status?.length ? { status: [...status] } : {}),
        ...(studyId ? { studyId: studyId as StudyId } : {}),
        signal,
      }),
    refetchInterval: listEveryMs,
    placeholderData: keepPreviousData,
  });

/** A page of the runs that satisfy a query; the other filters do not narrow it. */
export const runsWhereQuery = (where: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: ["runs", "where", where, cursor],
    queryFn: async ({ signal }) => {
      const body = { query: where, limit: 50, count: true, ...(cursor !== undefined && { cursor }) };
      const { runs, next, total } = await client.queryRuns({ body, signal });
      return { runs: runs ?? [], next, total: total ?? 0 };
    },
    refetchInterval: ({ state }) => (state.error ? false : listEveryMs),
    placeholderData: keepPreviousData,
  });

/** Without the entries that are undefined. */
const present = <Fields extends object>(fields: Fields): { [K in keyof Fields]?: Exclude<Fields[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ["run", runId],
    queryFn: ({ signal }) => client.getRun({ runId: runId as RunId, signal }),
    // The live socket tells of changes at once; asking as well covers a socket that is down.
    refetchInterval: ({ state }) => {
      const over = state.data && isEnded(state.data.status);
      return over || (state.error && !isPassing(state.error)) ? false : listEveryMs;
    },
  });

export const seriesQuery = (runId: string, active: boolean) =>
  queryOptions({
    queryKey: ["series", runId],
    queryFn: ({ signal }) => client.listSeries({ runId: runId as RunId, signal }),
    refetchInterval: active ? listEveryMs : false,
  });

export const logQuery = (runId: string) =>
  queryOptions({
    queryKey: ["log", runId],
    queryFn: ({ signal }) => client.getLog({ runId: runId as RunId, limit: 5000, signal }),
  });

export const catalogueQuery = queryOptions({
  queryKey: ["catalogue"],
  queryFn: ({ signal }) => client.getCatalogue({ signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const studiesQuery = queryOptions({
  queryKey: ["studies"],
  queryFn: ({ signal }) => client.listStudies({ limit: 200, signal }),
  refetchInterval: listEveryMs,
});

export const studyQuery = (studyId: string) =>
  queryOptions({
    queryKey: ["study", studyId],
    queryFn: ({ signal }) => client.getStudy({ studyId: studyId as StudyId, signal }),
    refetchInterval: listEveryMs,
  });

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => client.getSession({ signal }),
  staleTime: 60_000,
});

export const infoQuery = queryOptions({
  queryKey: ["info"],
  queryFn: ({ signal }) => client.getInfo({ signal }),
  refetchInterval: 5000,
});

/** Tells the cache about a run as an answer or a frame just gave it, and that lists are stale. */
export function useRunChanged(): (run: Run) => void {
  const queries = useQueryClient();
  return useCallback(
    (run) => {
      queries.setQueryData(["run", run.id], run);
      void queries.invalidateQueries({ queryKey: ["runs"] });
    },
    [queries],
  );
}
