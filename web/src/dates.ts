// Dates may be partial (EDTF, ISO 8601-2): a date is drawn as the days it allows, and no day is invented.

/** First and last moment a date allows, in milliseconds; undefined when it is no date we know. */
export function span(text: string | undefined | null): [number, number] | undefined {
  if (!text) return undefined;
  const parts = text.split("/");
  if (parts.length === 2) {
    const from = span(parts[0]);
    const to = span(parts[1]);
    return from && to ? [from[0], to[1]] : from ?? to;
  }
  const m = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?[~?%]?$/.exec(text.trim());
  if (!m) return undefined;
  const year = Number(m[1]);
  const month = m[2] ? Number(m[2]) : undefined;
  const day = m[3] ? Number(m[3]) : undefined;
  if (month !== undefined && (month < 1 || month > 12)) return undefined;
  const from = Date.UTC(year, (month ?? 1) - 1, day ?? 1);
  let to: number;
  if (day !== undefined) to = from;
  else if (month !== undefined) to = Date.UTC(year, month, 0);
  else to = Date.UTC(year, 11, 31);
  return [from, to];
}

/** The middle of what a date allows, for a point on an axis. */
export function middle(text: string | undefined | null): Date | undefined {
  const s = span(text);
  return s && new Date((s[0] + s[1]) / 2);
}

export const DAY = 86_400_000;

/** `2008-06-30`. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Whether a text is one exact day. */
export function isDay(text: string): boolean {
  const s = span(text);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && s !== undefined && iso(s[0]) === text;
}
