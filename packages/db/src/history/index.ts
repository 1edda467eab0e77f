import { encodeCursor, type LogLine, Problem, type SeriesSummary, toJsonNumber } from "@etude/contracts";
import type { Pool } from "pg";
import { rowsOf } from "../pool.ts";
import { appendLines, selectLines } from "../sql/log-lines.ts";
import { selectPositions, selectSummaries, selectValuesAt } from "../sql/read-history.ts";
import type { HistoryStore, Position } from "../types.ts";
import { readAfter, summariseAfter } from "./read-after.ts";
import { readHistory } from "./read-history.ts";
import type { Summary } from "./summary.ts";

type SummaryRow = Summary & { readonly index: number; readonly key: string; readonly late: number };
/** Postgres text holds no NUL. */
const storable = (message: string): string => message.replaceAll("\u0000", "\uFFFD");

const toSummary = ({ n, sum, nonFinite, last, ...row }: SummaryRow): SeriesSummary => ({
  ...row,
  points: n,
  last: last === null ? null : toJsonNumber(last),
  mean: n > nonFinite ? sum / (n - nonFinite) : null,
  nonFinite,
});

export function createHistory(pool: Pool): HistoryStore {
  const positions: HistoryStore["positions"] = async (runIds) => {
    const rows = await rowsOf<Position & { id: string }>(pool, selectPositions, [runIds]);
    return new Map(rows.map(({ id, ...position }) => [id, position]));
  };
  const mustExist = async (runId: string): Promise<void> => {
    if ((await positions([runId])).size === 0) throw new Problem("run_not_found", `No run ${runId}.`);
  };
  return {
    positions,
    readAfter: readAfter(pool),
    summariseAfter: summariseAfter(pool),
    readHistory: readHistory(pool),

    async readCursor(runId) {
      const { rows } = await pool.query<{ attempt: number; total: number; counts: number[] }>({
        name: "run-cursor",
        text: `select attempt, total, array(select n from series where run_id = run.id order by index) as counts
          from run where id = $1 and deleted_at is null`,
        values: [runId],
      });
      const [row] = rows;
      if (!row) throw new Problem("run_not_found", `No run ${runId}.`);
      return { ...row, cursor: encodeCursor(row) };
    },

    async summaries(runId) {
      const rows = await rowsOf<SummaryRow>(pool, selectSummaries, [runId]);
      if (rows.length === 0) await mustExist(runId);
      return rows.map(toSummary);
    },

    async valuesAt(runIds, key, step) {
      const rows = await rowsOf<{ id: string; value: number }>(pool, selectValuesAt, [runIds, key, step]);
      return new Map(rows.map(({ id, value }) => [id, value]));
    },

    async appendLog(runId, attempt, lines) {
      const levels = lines.map(({ level }) => level);
      const messages = lines.map(({ message }) => storable(message));
      const [row] = await rowsOf<{ last: number }>(pool, appendLines, [runId, attempt, levels, messages]);
      return row ?? "lost";
    },

    async readLog(runId, after = 0, limit = 1000) {
      type Row = Omit<LogLine, "at"> & { at: Date };
      const rows = await rowsOf<Row>(pool, selectLines, [runId, after, limit]);
      if (rows.length === 0) await mustExist(runId);
      return rows.map(({ at, ...line }) => ({ ...line, at: at.toISOString() }));
    },
  };
}
