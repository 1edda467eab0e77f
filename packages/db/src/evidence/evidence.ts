import type { EvidenceCell } from "@etude/contracts";
import type { Pool } from "pg";
import { decodePageMark, encodePageMark } from "../page-cursor.ts";
import { inTransaction, rowsOf } from "../pool.ts";
import {
  deleteOfRun,
  evidenceText,
  forgetDue,
  insertEvidence,
  lockEvidence,
  selectChanges,
  selectDue,
} from "../sql/evidence.ts";
import { conditionOf } from "./condition.ts";
import { type EvidenceRow, toEvidence, toRecord } from "./rows.ts";
import type { EvidenceStore } from "./types.ts";

/** Rows in one statement. */
const batch = 500;

const markOf = (order: string, value: string): string => encodePageMark({ order, number: 0, value });
const afterOf = (order: string, cursor: string | undefined): string =>
  cursor === undefined ? "" : String(decodePageMark(cursor, order).value);

export function createEvidence(pool: Pool): EvidenceStore {
  const count = async ({ where, values }: ReturnType<typeof conditionOf>, what: "*" | "distinct cell") => {
    const { rows } = await pool.query<{ total: number }>(evidenceText.count(where, what), values);
    return rows[0]?.total ?? 0;
  };

  return {
    async add(evidence) {
      let added = 0;
      for (let first = 0; first < evidence.length; first += batch) {
        const records = JSON.stringify(evidence.slice(first, first + batch).map(toRecord));
        added += await inTransaction(pool, async (client) => {
          await rowsOf(client, lockEvidence, []);
          const [row] = await rowsOf<{ added: number }>(client, insertEvidence, [records]);
          return row?.added ?? 0;
        });
      }
      return added;
    },

    settle: (runId, row) =>
      inTransaction(pool, async (client) => {
        await rowsOf(client, lockEvidence, []);
        // A retried run ended anew: what it said before does not count.
        await rowsOf(client, deleteOfRun, [runId]);
        if (row) await rowsOf(client, insertEvidence, [JSON.stringify([toRecord(row)])]);
        await rowsOf(client, forgetDue, [runId]);
      }),

    async forget(runId) {
      await rowsOf(pool, forgetDue, [runId]);
    },

    async due(limit) {
      const rows = await rowsOf<{ id: string }>(pool, selectDue, [limit]);
      return rows.map(({ id }) => id);
    },

    async byRow(condition, { limit, cursor }) {
      const { where, values } = conditionOf(condition);
      const after = afterOf("evidence-row", cursor);
      const text = evidenceText.byRow(where, `$${values.length + 1}`, `$${values.length + 2}`);
      const { rows } = await pool.query<EvidenceRow>(text, [...values, after, limit + 1]);
      const page = rows.slice(0, limit).map(toEvidence);
      const last = rows.length > limit ? page.at(-1) : undefined;
      const total = await count({ where, values }, "*");
      return { rows: page, next: last ? markOf("evidence-row", last.id) : null, total };
    },

    async byCell(condition, { limit, cursor }) {
      const { where, values } = conditionOf(condition);
      const after = afterOf("evidence-cell", cursor);
      const text = evidenceText.byCell(where, `$${values.length + 1}`, `$${values.length + 2}`);
      const { rows } = await pool.query<EvidenceRow>(text, [...values, after, limit + 1]);
      const cells = [...new Set(rows.map(({ cell }) => cell))];
      const kept = new Set(cells.slice(0, limit));
      const next = cells.length > limit ? markOf("evidence-cell", cells[limit - 1] as string) : null;
      const total = await count({ where, values }, "distinct cell");
      return { rows: rows.filter(({ cell }) => kept.has(cell)).map(toEvidence), next, total };
    },

    async runs(condition) {
      const { where, values } = conditionOf(condition);
      const { rows } = await pool.query<EvidenceRow>(evidenceText.runs(where), values);
      return rows.map(toEvidence);
    },

    async changes(version) {
      type Row = { version: number; cell: string; content: EvidenceCell | null };
      const rows = await rowsOf<Row>(pool, selectChanges, [version]);
      return {
        version: rows.at(-1)?.version ?? version,
        changed: rows.flatMap(({ content }) => content ?? []),
        gone: rows.flatMap(({ cell, content }) => (content === null ? cell : [])),
      };
    },
  };
}
