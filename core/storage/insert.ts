// Many rows in one statement: half the cost of an insert is the call itself.
import type { Database, SQLQueryBindings } from "bun:sqlite";

const ROWS_PER_STATEMENT = 32;

export interface RowInserter {
  add: (...row: SQLQueryBindings[]) => void;
  /** Writes what was added and not yet written. */
  flush: () => void;
  discard: () => void;
}

/** @param head `INSERT INTO table (columns)`; @param tail what follows the values, such as an upsert */
export function openInserter(db: Database, head: string, columns: number, tail = ""): RowInserter {
  const row = `(${Array.from({ length: columns }, () => "?").join(", ")})`;
  const many = Array.from({ length: ROWS_PER_STATEMENT }, () => row).join(", ");
  const insertMany = db.prepare(`${head} VALUES ${many} ${tail}`);
  const insertOne = db.prepare(`${head} VALUES ${row} ${tail}`);
  let values: SQLQueryBindings[] = [];

  return {
    add: (...each) => {
      values.push(...each);
      if (values.length < ROWS_PER_STATEMENT * columns) return;
      insertMany.run(...values);
      values = [];
    },
    flush: () => {
      for (let i = 0; i < values.length; i += columns) {
        insertOne.run(...values.slice(i, i + columns));
      }
      values = [];
    },
    discard: () => {
      values = [];
    },
  };
}
