import { selected } from "../evidence/rows.ts";
import type { Statement } from "../pool.ts";

/** Writers take turns from the start: the triggers hold this lock, and rows written before it could wait for each other. */
export const lockEvidence: Statement = {
  name: "evidence-lock",
  text: "select pg_advisory_xact_lock(hashtext('evidence'))",
};

/** Inserts the rows of the JSON array $1; returns how many were new. */
export const insertEvidence: Statement = {
  name: "evidence-insert",
  text: `with added as (
    insert into evidence select * from jsonb_populate_recordset(null::evidence, $1::jsonb)
    on conflict (id) do nothing returning 1)
  select count(*)::int as added from added`,
};

/** Deletes the evidence of run $1. */
export const deleteOfRun: Statement = {
  name: "evidence-delete-of-run",
  text: "delete from evidence where run_id = $1",
};

export const forgetDue: Statement = { name: "evidence-settled", text: "delete from evidence_due where run_id = $1" };

export const selectDue: Statement = {
  name: "evidence-due",
  text: "select run_id as id from evidence_due order by run_id limit $1",
};

/** Cells that changed after version $1. */
export const selectChanges: Statement = {
  name: "evidence-changes",
  text: `select version::float8 as version, cell, content from evidence_cell where version > $1 order by version`,
};

/** Rows under a condition: `where` comes from packages/db/src/evidence/condition.ts and holds parameters only. */
export const evidenceText = {
  byRow: (where: string, after: string, limit: string): string =>
    `select ${selected} from evidence where ${where} and id > ${after} order by id limit ${limit}`,
  byCell: (where: string, after: string, limit: string): string =>
    `select ${selected} from evidence where ${where} and cell in (
      select distinct cell from evidence where ${where} and cell > ${after} order by cell limit ${limit})
    order by cell, id`,
  runs: (where: string): string => `select ${selected} from evidence where ${where} and run_id is not null order by id`,
  count: (where: string, what: "*" | "distinct cell"): string =>
    `select count(${what})::int as total from evidence where ${where}`,
};
