// What both maps draw.
import type { Feature } from "../types";

export interface Drawn {
  features: Feature[];
  links: { from: Feature; to: Feature; probability: number }[];
}

/** Metres to a degree of latitude. */
const DEGREE = 111_320;

/** Wider than this a place is a region, and its circle would hide the map. */
export const MOST_M = 60_000;

/** A circle of so many metres as a ring of degrees. */
export function ring(lon: number, lat: number, metres: number): [number, number][] {
  const out: [number, number][] = [];
  const wide = Math.max(0.05, Math.cos((lat * Math.PI) / 180));
  for (let i = 0; i <= 48; i++) {
    const a = (i / 48) * 2 * Math.PI;
    // Clockwise, as d3-geo wants the outside of its rings.
    out.push([lon + (Math.sin(a) * metres) / DEGREE / wide, lat + (Math.cos(a) * metres) / DEGREE]);
  }
  return out;
}

/** The smallest box with room around everything: west, south, east, north. */
export function box(of: Drawn): [number, number, number, number] {
  let [w, s, e, n] = [180, 90, -180, -90];
  for (const f of of.features) {
    const d = Math.min(f.precision_m ?? 0, MOST_M) / DEGREE;
    w = Math.min(w, f.lon - d);
    e = Math.max(e, f.lon + d);
    s = Math.min(s, f.lat - d);
    n = Math.max(n, f.lat + d);
  }
  if (w > e) return [-180, -60, 180, 75];
  const room = Math.max(0.25, (e - w) * 0.12, (n - s) * 0.12);
  return [Math.max(-180, w - room), Math.max(-85, s - room), Math.min(180, e + room), Math.min(85, n + room)];
}

const rank = (f: Feature) => (f.verdict === "seen, not declared" ? 0 : f.kind === "declared" ? 1 : 2);

/** Labels that do not lie on each other: the most pressing and most certain place of a neighbourhood names it. */
export function labelled(of: Drawn, cell: number, most: number): Feature[] {
  const taken = new Set<string>();
  const out: Feature[] = [];
  const order = [...of.features].sort((a, b) => rank(a) - rank(b) || (a.precision_m ?? 1e9) - (b.precision_m ?? 1e9));
  for (const f of order) {
    const [x, y] = [Math.floor(f.lon / cell), Math.floor(f.lat / (cell / 5))];
    const near = [-1, 0, 1].some((dx) => [-1, 0, 1].some((dy) => taken.has(`${x + dx} ${y + dy}`)));
    if (near || out.length >= most) continue;
    taken.add(`${x} ${y}`);
    out.push(f);
  }
  return out;
}
