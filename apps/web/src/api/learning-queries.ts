/** What is read by HTTP of evidence, reports, uploads and policies. */
import {
  type EvidenceCell,
  isEnded,
  type RecommendationRequest,
  type RunId,
  type RunStatus,
  type StudyId,
} from "@etude/contracts";
import type { StudyReport } from "@etude/learning";
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { client } from "./client.ts";

/** The report of a study with a plan, once its run has `status` completed. */
export const studyReportQuery = (studyId: string, runId: string) =>
  queryOptions({
    queryKey: ["study-report", studyId, runId],
    queryFn: async ({ signal }) =>
      (await client.getStudyReport({ studyId: studyId as StudyId, signal })) as StudyReport,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const artifactsQuery = (runId: string, status: RunStatus) =>
  queryOptions({
    queryKey: ["artifacts", runId, status],
    queryFn: ({ signal }) => client.listArtifacts({ runId: runId as RunId, signal }),
    staleTime: isEnded(status) ? Number.POSITIVE_INFINITY : 0,
  });

export const checkpointsQuery = (runId: string, step: number) =>
  queryOptions({
    queryKey: ["checkpoints", runId, step],
    queryFn: ({ signal }) => client.listCheckpoints({ runId: runId as RunId, signal }),
  });

export const similarQuery = (runId: string, scaleFree: boolean) =>
  queryOptions({
    queryKey: ["similar", runId, scaleFree],
    queryFn: ({ signal }) =>
      // The run itself is among those found.
      client.findSimilar({ body: { like: { runId: runId as RunId }, scaleFree, limit: 13 }, signal }),
    staleTime: 30_000,
  });

/** Tasks that runs here have left evidence of, the most trained first. Empty while there is none. */
export const knownTasksQuery = queryOptions({
  queryKey: ["known-tasks"],
  queryFn: async ({ signal }): Promise<EvidenceCell["task"][]> => {
    const { runs } = await client.listRuns({ status: ["completed"], limit: 1, signal });
    // Without a finished run the server would answer that nothing matches.
    if (runs.length === 0) return [];
    const { cells } = await client.queryEvidence({ body: { limit: 500 }, signal });
    return [...new Map(cells.map(({ task }) => [task.hash, task])).values()];
  },
  retry: false,
});

export const uploadsQuery = queryOptions({
  queryKey: ["uploads"],
  queryFn: ({ signal }) => client.listUploads({ limit: 200, signal }),
});

/** Advice on a task. Of one request it is asked once: new runs count after a reload. */
export const recommendationQuery = (request: z.input<typeof RecommendationRequest> | undefined) =>
  queryOptions({
    queryKey: ["recommendation", request],
    queryFn: ({ signal }) => client.recommend({ body: request!, signal }),
    staleTime: 60_000,
    retry: false,
  });

export const policiesQuery = queryOptions({
  queryKey: ["policies"],
  queryFn: ({ signal }) => client.listPolicies({ signal }),
  refetchInterval: 5000,
});

export const policyQuery = (policyId: string) =>
  queryOptions({ queryKey: ["policies", policyId], queryFn: ({ signal }) => client.getPolicy({ policyId, signal }) });

/** The first step at which each run's validation loss was below a target; null where it never was. */
export const stepsToTargetQuery = (ids: readonly string[], target: number | undefined) =>
  queryOptions({
    queryKey: ["steps-to-target", ids, target],
    queryFn: async ({ signal }) => {
      // At the target counts: below the next number above it.
      const above = target! + Math.max(Math.abs(target!) * 1e-9, Number.MIN_VALUE);
      const select = `firstBelow('validation/loss', ${above})`;
      const body = { ids: ids as RunId[], select: [select], runs: false, limit: ids.length };
      const answer = await client.queryRuns({ body, signal });
      const steps = answer.values[0]?.values ?? [];
      return new Map(answer.ids.map((id, i) => [id as string, typeof steps[i] === "number" ? steps[i] : null]));
    },
    staleTime: 5000,
  });
