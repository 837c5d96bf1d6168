// Where answers come from: the server, or the report's own data.
import { useEffect, useRef, useState } from "preact/hooks";

export interface Asked<T> {
  data?: T;
  error?: string;
  loading: boolean;
}

type Params = Record<string, string | number | boolean | undefined>;

/** The answers inside a report, by path. */
let inside: Record<string, unknown> | undefined;

function report(): Record<string, unknown> {
  inside ??= JSON.parse(document.getElementById("data")?.textContent ?? "{}") as Record<string, unknown>;
  return inside;
}

export function url(path: string, params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== "" && value !== false) query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export async function ask<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  if (__REPORT__) {
    const found = report()[path];
    if (found === undefined) throw new Error("this report does not hold it; the desk does: lockstep open");
    return found as T;
  }
  const response = await fetch(url(path, params), { signal: signal ?? null });
  const body = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(body.error ?? `${response.status}`);
  return body;
}

/** Whether a report holds an answer; a server may be asked anything. */
export function holds(path: string): boolean {
  return !__REPORT__ || report()[path] !== undefined;
}

/** Counts how often the ledger has grown since the page was loaded; everything shown is asked for again. */
let grown = 0;
const listeners = new Set<() => void>();

export function follow(told: (size: number) => void): void {
  if (__REPORT__) return;
  const events = new EventSource("/api/events");
  events.addEventListener("grown", (event) => {
    grown += 1;
    for (const each of listeners) each();
    told(Number((event as MessageEvent<string>).data));
  });
}

/** An answer that follows its question. What was there stays until the next is there, so that nothing flickers. */
export function useAsk<T>(path: string | undefined, params: Params = {}): Asked<T> {
  const [state, set] = useState<Asked<T>>({ loading: true });
  const [generation, again] = useState(grown);
  const key = path === undefined ? "" : url(path, params);
  const latest = useRef(key);
  latest.current = key;
  useEffect(() => {
    const each = () => again(grown);
    listeners.add(each);
    return () => void listeners.delete(each);
  }, []);
  useEffect(() => {
    if (path === undefined) return;
    const control = new AbortController();
    set((s) => ({ ...s, loading: true }));
    ask<T>(path, params, control.signal).then(
      (data) => latest.current === key && set({ data, loading: false }),
      (e: unknown) => {
        if (!control.signal.aborted) set({ error: e instanceof Error ? e.message : String(e), loading: false });
      },
    );
    return () => control.abort();
  }, [key, generation]);
  return state;
}
