// A screen of text as a picture: every run of one colour in its cells.
export interface Run {
  text: string;
  /** Columns. */
  width: number;
  bold: boolean;
  /** Null = the terminal's own. */
  foreground: string | null;
  background: string | null;
}

export type Lines = readonly (readonly Run[])[];

const CELL = { width: 8, height: 17, baseline: 13, font: 13.3 };
const INK = "#d0d0d0";
const FONTS = "'DejaVu Sans Mono','Menlo','Consolas',monospace";

export function formatSvg(lines: Lines): string {
  const columns = Math.max(...lines.map((line) => line.reduce((sum, run) => sum + run.width, 0)));
  const paper = commonest(lines);
  const size = { width: columns * CELL.width, height: lines.length * CELL.height };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="${FONTS}" font-size="${CELL.font}">`,
    `<rect width="100%" height="100%" fill="${paper}"/>`,
    ...lines.flatMap((line, row) => formatLine(line, row, paper)),
    "</svg>\n",
  ].join("\n");
}

/** Background of most cells: painted once. */
function commonest(lines: Lines): string {
  const cells = new Map<string, number>();
  for (const { background, width } of lines.flat()) {
    const colour = background ?? "#000000";
    cells.set(colour, (cells.get(colour) ?? 0) + width);
  }
  return [...cells].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? "#000000";
}

function formatLine(line: readonly Run[], row: number, paper: string): string[] {
  let column = 0;
  return line.flatMap((run) => {
    const at = column;
    column += run.width;
    const cell = run.background === paper ? [] : formatPaper(run, at, row);
    return [...cell, ...formatInk(run, at, row)];
  });
}

function formatPaper({ background, width }: Run, column: number, row: number): string[] {
  if (background === null) return [];
  const place = `x="${column * CELL.width}" y="${row * CELL.height}"`;
  const size = `width="${width * CELL.width}" height="${CELL.height}"`;
  return [`<rect ${place} ${size} fill="${background}"/>`];
}

/** Each run is stretched to its cells, whatever font the reader has. */
function formatInk({ text, foreground, bold, ...run }: Run, column: number, row: number): string[] {
  const shown = text.trimEnd();
  if (shown.trim() === "") return [];
  const lead = shown.length - shown.trimStart().length;
  const width = run.width - (text.length - shown.length) - lead;
  const x = (column + lead) * CELL.width;
  const place = `x="${x}" y="${row * CELL.height + CELL.baseline}" textLength="${width * CELL.width}"`;
  const style = `fill="${foreground ?? INK}"${bold ? ' font-weight="bold"' : ""}`;
  return [
    `<text ${place} lengthAdjust="spacingAndGlyphs" ${style} xml:space="preserve">${escape(shown.trimStart())}</text>`,
  ];
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
