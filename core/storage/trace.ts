// Each SQL statement as a line at trace. Whether anybody reads them is asked each time: a reload may change it.
import type { Database, Statement } from "bun:sqlite";

import type { Log } from "../log.ts";

const LONGEST_SQL = 300;

/** From here on, what is run on this database is logged where trace is read: the statement, how long it took, how many rows. */
export function traceDatabase(db: Database, log: Log): void {
  const tell = openTeller(log);
  const prepare = db.prepare.bind(db);
  const query = db.query.bind(db);
  const run = db.run.bind(db);
  const transaction = db.transaction.bind(db);
  const known = new WeakSet<object>();

  function traced<S extends object>(statement: S, sql: string): S {
    // query() keeps its statements: one may come by again.
    if (known.has(statement)) return statement;
    known.add(statement);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that prepare and query return
    traceStatement(statement as unknown as Statement, sql, tell);
    return statement;
  }

  Object.assign(db, {
    prepare: (sql: string, ...rest: []) => traced(prepare(sql, ...rest), sql),
    query: (sql: string) => traced(query(sql), sql),
    run: (sql: string, ...bindings: []) =>
      tell(
        sql,
        () => run(sql, ...bindings),
        ({ changes }) => changes,
      ),
    transaction: (work: (...args: unknown[]) => unknown) => {
      const plain = transaction(work);
      const named = (mode: "deferred" | "immediate" | "exclusive") => {
        return (...args: unknown[]) =>
          tell(
            `BEGIN ${mode.toUpperCase()} … COMMIT`,
            () => plain[mode](...args),
            () => null,
          );
      };
      const [deferred, immediate, exclusive] = [
        named("deferred"),
        named("immediate"),
        named("exclusive"),
      ];
      return Object.assign((...args: unknown[]) => deferred(...args), {
        ...{ deferred, immediate, exclusive },
      });
    },
  });
}

type Teller = <T>(sql: string, work: () => T, rowsOf: (result: T) => number | null) => T;

function openTeller(log: Log): Teller {
  return (sql, work, rowsOf) => {
    if (!log.enabled("trace")) return work();
    const startedAt = performance.now();
    let rows: number | null = null;
    let outcome = "ok";
    try {
      const result = work();
      rows = rowsOf(result);
      return result;
    } catch (error) {
      outcome = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      const durationMs = Number((performance.now() - startedAt).toFixed(3));
      const text = oneLine(sql);
      const told = rows === null ? "" : `, ${rows} rows`;
      log.trace(`sql ${text} ${outcome}, ${durationMs} ms${told}`, {
        ...{ sql: text, durationMs, rows, outcome },
      });
    }
  };
}

/** The methods are the statement's own: replaced in place, everything else about it stays. */
function traceStatement(statement: Statement, sql: string, tell: Teller): void {
  const get = statement.get.bind(statement);
  const all = statement.all.bind(statement);
  const values = statement.values.bind(statement);
  const run = statement.run.bind(statement);
  const iterate = statement.iterate.bind(statement);
  const count = (rows: readonly unknown[]): number => rows.length;
  Object.assign(statement, {
    get: (...args: []) =>
      tell(
        sql,
        () => get(...args),
        (row) => (row === null ? 0 : 1),
      ),
    all: (...args: []) => tell(sql, () => all(...args), count),
    values: (...args: []) => tell(sql, () => values(...args), count),
    run: (...args: []) =>
      tell(
        sql,
        () => run(...args),
        ({ changes }) => changes,
      ),
    iterate: (...args: []) =>
      tell(
        sql,
        () => iterate(...args),
        () => null,
      ),
  });
}

function oneLine(sql: string): string {
  const text = sql
    .replaceAll(/--[^\n]*/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return text.length > LONGEST_SQL ? `${text.slice(0, LONGEST_SQL - 1)}…` : text;
}
