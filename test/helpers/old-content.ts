// What a database holds, table by table, and what of it another one lacks.
import { Database } from "bun:sqlite";

type Content = Map<string, string[]>;

const TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";

const columnsOf = (db: Database, table: string): string[] =>
  db
    .query<{ name: string }, [string]>("SELECT name FROM pragma_table_info(?)")
    .all(table)
    .map(({ name }) => name);

/** Every row of every table as text, bytes as hex. */
export function contentOf(file: string, like?: string): Content {
  using db = new Database(file, { readonly: true });
  using model = new Database(like ?? file, { readonly: true });
  const content: Content = new Map();
  for (const { name } of model.query<{ name: string }, []>(TABLES).all()) {
    const columns = columnsOf(model, name);
    const quoted = columns.map((column) => `quote("${column}")`).join(" || ',' || ");
    const rows = db.query<{ row: string }, []>(`SELECT ${quoted} AS row FROM "${name}"`).all();
    content.set(name, rows.map(({ row }) => row).sort());
  }
  return content;
}

/** What `before` held and `after` does not hold as it was, or holds besides. Columns that came later do not count. */
export function changedRows(before: string, after: string): string[] {
  const old = contentOf(before);
  const now = contentOf(after, before);
  return [...old].flatMap(([table, rows]) => {
    const found = now.get(table) ?? [];
    if (found.length !== rows.length) return [`${table}: ${found.length} rows, not ${rows.length}`];
    return rows.flatMap((row, at) => (row === found[at] ? [] : [`${table}: ${row}`]));
  });
}

/** Tables, indexes, views and columns. */
export function schemaOf(db: Database): string[] {
  return db
    .query<{ name: string }, []>(
      `SELECT m.type || ' ' || m.name || coalesce('.' || c.name || ' ' || c.type, '') AS name
       FROM sqlite_schema m LEFT JOIN pragma_table_info(m.name) c
       WHERE m.name NOT LIKE 'sqlite_%' ORDER BY 1`,
    )
    .all()
    .map(({ name }) => name);
}
