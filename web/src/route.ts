// The page and the day are in the address, so that a view can be kept and sent.
import { useEffect, useState } from "preact/hooks";

export interface Route {
  page: string;
  params: URLSearchParams;
}

export function read(hash: string): Route {
  const [page = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { page: page || "overview", params: new URLSearchParams(query) };
}

export function href(page: string, params: URLSearchParams | Record<string, string | undefined>): string {
  const out = new URLSearchParams();
  const entries = params instanceof URLSearchParams ? params.entries() : Object.entries(params);
  for (const [name, value] of entries) if (value) out.set(name, value);
  const query = out.toString();
  return `#/${page}${query ? `?${query}` : ""}`;
}

export function useRoute(): Route {
  const [route, set] = useState(() => read(location.hash));
  useEffect(() => {
    const moved = () => set(read(location.hash));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return route;
}

/** Changes some of the address; `replace` leaves no trace in the browser's history. */
export function go(change: Record<string, string | undefined>, replace = true): void {
  const { page, params } = read(location.hash);
  for (const [name, value] of Object.entries(change)) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  const to = href(page, params);
  if (to === location.hash) return;
  if (replace) {
    history.replaceState(null, "", to);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else location.hash = to;
}
