// The map that moves. Loaded only when the page is opened; it asks no other host for anything.
import * as maplibre from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Feature as Shape } from "geojson";
import { colours, short } from "../ui/Chart";
import type { Feature } from "../types";
import { type Drawn, MOST_M, box, labelled, ring } from "./drawn";
import { land } from "./land";

maplibre.setWorkerUrl(workerUrl);

const toneOf = (f: Feature) => (f.kind === "declared" ? "declared" : f.verdict === "seen, not declared" ? "undeclared" : "seen");

export async function open(holder: HTMLElement, first: Drawn, onPick: (id: string | undefined) => void) {
  const base = await land();
  const [w, s, e, n] = box(first);
  const style = (): maplibre.StyleSpecification => {
    const c = colours();
    const colour = ["match", ["get", "tone"], "declared", c.blue, "undeclared", c.orange, c.faint] as unknown as string;
    const empty = { type: "FeatureCollection" as const, features: [] };
    return {
      version: 8,
      sources: {
        land: { type: "geojson", data: base },
        areas: { type: "geojson", data: empty },
        points: { type: "geojson", data: empty },
        links: { type: "geojson", data: empty },
      },
      layers: [
        { id: "sea", type: "background", paint: { "background-color": c.sea } },
        { id: "land", type: "fill", source: "land", paint: { "fill-color": c.paper } },
        { id: "border", type: "line", source: "land", paint: { "line-color": c.faint, "line-opacity": 0.6, "line-width": 0.8 } },
        { id: "links", type: "line", source: "links", paint: { "line-color": c.green, "line-width": 1.6, "line-opacity": ["+", 0.25, ["*", 0.6, ["get", "probability"]]] } },
        { id: "areas", type: "fill", source: "areas", paint: { "fill-color": colour, "fill-opacity": 0.1, "fill-outline-color": colour } },
        { id: "points", type: "circle", source: "points", paint: { "circle-color": colour, "circle-radius": ["case", ["get", "picked"], 8, 5], "circle-stroke-width": 1.2, "circle-stroke-color": c.paper } },
      ],
    };
  };
  const map = new maplibre.Map({
    container: holder,
    style: style(),
    bounds: [w, s, e, n],
    attributionControl: { compact: false, customAttribution: "Natural Earth" },
    // What is uncertain by hundreds of metres is not looked at from fifty.
    maxZoom: 15,
    renderWorldCopies: false,
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }));
  let latest = first;
  let picked: string | undefined;
  let markers: maplibre.Marker[] = [];
  const label = () => {
    for (const m of markers) m.remove();
    const b = map.getBounds();
    const inside = { links: [], features: latest.features.filter((f) => b.contains([f.lon, f.lat])) };
    const cell = (b.getEast() - b.getWest()) / (holder.clientWidth / 140);
    markers = labelled(inside, cell, 40).map((f) => {
      const element = document.createElement("div");
      element.className = "place";
      element.textContent = short(f.name, 26);
      element.dir = "auto";
      return new maplibre.Marker({ element, anchor: "left", offset: [7, 0] }).setLngLat([f.lon, f.lat]).addTo(map);
    });
  };
  const fill = () => {
    const set = (name: string, features: Shape[]) =>
      (map.getSource(name) as maplibre.GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features });
    const wide = latest.features.filter((f) => f.precision_m !== undefined && f.precision_m < MOST_M);
    set("areas", wide.map((f) => ({ type: "Feature", properties: { tone: toneOf(f) }, geometry: { type: "Polygon", coordinates: [ring(f.lon, f.lat, f.precision_m ?? 0)] } })));
    set("points", latest.features.map((f) => ({ type: "Feature", properties: { id: f.id, tone: toneOf(f), picked: f.id === picked }, geometry: { type: "Point", coordinates: [f.lon, f.lat] } })));
    set("links", latest.links.map((l) => ({ type: "Feature", properties: { probability: l.probability }, geometry: { type: "LineString", coordinates: [[l.from.lon, l.from.lat], [l.to.lon, l.to.lat]] } })));
    label();
  };
  await new Promise<void>((done, fail) => {
    map.once("load", () => done());
    map.once("error", (event) => fail(event.error));
  });
  map.on("error", () => undefined);
  map.on("moveend", label);
  map.on("click", "points", (event) => onPick(event.features?.[0]?.properties?.["id"] as string | undefined));
  map.on("mouseenter", "points", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "points", () => (map.getCanvas().style.cursor = ""));
  const theme = () => {
    map.setStyle(style(), { diff: false });
    map.once("styledata", fill);
  };
  addEventListener("theme", theme);
  holder.dataset.ready = "yes";
  return {
    show(of: Drawn, now: string | undefined) {
      latest = of;
      picked = now;
      fill();
    },
    remove() {
      removeEventListener("theme", theme);
      map.remove();
    },
  };
}
