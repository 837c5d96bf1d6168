/** A table that can be shown, sorted and copied. */
export interface Grid {
  columns: string[];
  rows: string[][];
}

/** RFC 4180, with the guard that spreadsheets need: a cell that begins like a formula stays text. */
export function csv({ columns, rows }: Grid): string {
  const cell = (text: string) => {
    const guarded = /^[=+@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** Numbers by value where both cells begin with one, dates and words as text; empty cells last. */
export function compare(a: string, b: string): number {
  if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
  const number = (t: string) => {
    const m = /^-?\d+(\.\d+)?(?![\d-])/.exec(t);
    return m ? Number(m[0]) : undefined;
  };
  const [x, y] = [number(a), number(b)];
  if (x !== undefined && y !== undefined && x !== y) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
