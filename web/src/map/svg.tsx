// The map as a drawing, with Observable Plot: in the report, and where a browser has no WebGL.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { FeatureCollection } from "geojson";
import type { Feature } from "../types";
import { Chart, colours, short } from "../ui/Chart";
import { land } from "./land";
import { type Drawn, MOST_M, box, labelled, ring } from "./drawn";

export function SvgMap({ of, picked, onPick }: { of: Drawn; picked: string | undefined; onPick: (id: string | undefined) => void }) {
  const [base, setBase] = useState<FeatureCollection>();
  useEffect(() => void land().then(setBase, () => undefined), []);
  const grid = useMemo(() => ({
    columns: ["id", "kind", "name", "lat", "lon", "precision_m", "verdict"],
    rows: of.features.map((f) => [f.id, f.kind, f.name, String(f.lat), String(f.lon), f.precision_m === undefined ? "" : String(f.precision_m), f.verdict]),
  }), [of, base, picked]);
  const [w, s, e, n] = box(of);
  return (
    <div class="svgmap" onClick={(event) => {
      const id = (event.target as Element).closest("[data-id]")?.getAttribute("data-id");
      if (id) onPick(id);
    }}>
      <Chart
        name="map"
        title={`${of.features.length} places, ${of.links.length} matches`}
        caption="blue square: declared; orange: seen and in no declaration; grey: seen and declared; circles as wide as the place is uncertain"
        grid={grid}
        make={(Plot, width) => {
          const c = colours();
          const frame = { type: "MultiPoint" as const, coordinates: [[w, s], [e, n]] };
          const height = Math.min(640, Math.max(320, width * 0.62));
          const colour = (f: Feature) => (f.kind === "declared" ? c.blue : f.verdict === "seen, not declared" ? c.orange : c.faint);
          const circles = of.features.filter((f) => f.precision_m !== undefined && f.precision_m < MOST_M).map((f) => ({
            type: "Feature" as const, properties: f, geometry: { type: "Polygon" as const, coordinates: [ring(f.lon, f.lat, f.precision_m ?? 0)] },
          }));
          const plot = Plot.plot({
            width, height, margin: 0,
            projection: { type: "mercator", domain: frame },
            marks: [
              Plot.frame({ fill: c.sea, stroke: "none" }),
              ...(base ? [Plot.geo(base, { fill: c.paper, stroke: c.faint, strokeOpacity: 0.6, strokeWidth: 0.7, clip: "frame" })] : []),
              Plot.link(of.links, { x1: (l) => l.from.lon, y1: (l) => l.from.lat, x2: (l) => l.to.lon, y2: (l) => l.to.lat, stroke: c.green, strokeOpacity: (l: { probability: number }) => 0.25 + 0.6 * l.probability, strokeWidth: 1.5 }),
              Plot.geo(circles, { fill: (d: { properties: Feature }) => colour(d.properties), fillOpacity: 0.1, stroke: (d: { properties: Feature }) => colour(d.properties), strokeOpacity: 0.5, strokeWidth: 0.8 }),
              Plot.dot(of.features, { x: "lon", y: "lat", r: (f: Feature) => (f.id === picked ? 6 : 3.5), fill: colour, stroke: c.paper, strokeWidth: 0.8, symbol: (f: Feature) => (f.kind === "declared" ? "square" : "circle"), sort: null }),
              Plot.text(labelled(of, (e - w) / (width / 130), 40), { x: "lon", y: "lat", text: (f: Feature) => short(f.name, 24), dx: 7, textAnchor: "start", fill: c.ink, stroke: c.paper, strokeWidth: 3, paintOrder: "stroke" }),
            ],
          });
          plot.querySelectorAll('[aria-label="dot"] > *').forEach((mark, i) => {
            const f = of.features[i];
            if (f) mark.setAttribute("data-id", f.id);
          });
          return plot;
        }}
      />
    </div>
  );
}
