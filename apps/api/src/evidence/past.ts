/** The cells of all evidence, kept in this process and brought up to date by version before every answer. */
import type { EvidenceCell } from "@etude/contracts";
import type { Database } from "@etude/db";
import { type Objective, type TaskRow, taskTable } from "@etude/learning";

/** The cells of one task, and the rows of the table made from them so far. */
class TaskCells {
  readonly cells = new Map<string, EvidenceCell>();
  readonly #rows = new Map<Objective, TaskRow>();

  set(cell: EvidenceCell): void {
    this.cells.set(cell.cell, cell);
    this.#rows.clear();
  }

  delete(cell: string): void {
    this.cells.delete(cell);
    this.#rows.clear();
  }

  row(objective: Objective): TaskRow | undefined {
    if (this.cells.size === 0) return undefined;
    const made = this.#rows.get(objective) ?? taskTable(this.cells.values(), { objective })[0]!;
    this.#rows.set(objective, made);
    return made;
  }
}

export class Past {
  readonly #db: Pick<Database, "evidence">;
  readonly #shipped: () => Promise<readonly EvidenceCell[]>;
  readonly #tasks = new Map<string, TaskCells>();
  readonly #taskOf = new Map<string, string>();
  #corpus: readonly TaskCells[] | undefined;
  #version = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(db: Pick<Database, "evidence">, shipped: () => Promise<readonly EvidenceCell[]>) {
    this.#db = db;
    this.#shipped = shipped;
  }

  /** Rows of the table, sorted by hash; the shipped corpus speaks for tasks that the database has nothing of. */
  async table(objective: Objective, { shipped = true } = {}): Promise<TaskRow[]> {
    await this.#refresh();
    const own = [...this.#tasks.values()].flatMap((task) => task.row(objective) ?? []);
    const here = new Set(own.map(({ task }) => task.hash));
    const lent = shipped ? (await this.#lent()).flatMap((task) => task.row(objective) ?? []) : [];
    return [...own, ...lent.filter(({ task }) => !here.has(task.hash))].toSorted((a, b) =>
      a.task.hash < b.task.hash ? -1 : 1,
    );
  }

  async #lent(): Promise<readonly TaskCells[]> {
    if (!this.#corpus) this.#corpus = [...tasksOf(await this.#shipped()).values()];
    return this.#corpus;
  }

  /** One after the other: two refreshes at once could lay an older state over a newer one. */
  #refresh(): Promise<void> {
    const next = this.#turn.then(() => this.#pull());
    this.#turn = next.catch(() => {});
    return next;
  }

  async #pull(): Promise<void> {
    const { version, changed, gone } = await this.#db.evidence.changes(this.#version);
    for (const cell of gone) this.#tasks.get(this.#taskOf.get(cell) ?? "")?.delete(cell);
    for (const cell of changed) {
      tasksOf([cell], this.#tasks);
      this.#taskOf.set(cell.cell, cell.task.hash);
    }
    this.#version = version;
  }
}

function tasksOf(cells: readonly EvidenceCell[], into = new Map<string, TaskCells>()): Map<string, TaskCells> {
  for (const cell of cells) {
    const { hash } = cell.task;
    let task = into.get(hash);
    if (!task) into.set(hash, (task = new TaskCells()));
    task.set(cell);
  }
  return into;
}
