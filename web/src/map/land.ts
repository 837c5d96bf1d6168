// Coast and borders from Natural Earth (public domain), 1:50 million.
import type { FeatureCollection } from "geojson";
import type { GeometryCollection, Topology } from "topojson-specification";
import { feature } from "topojson-client";

let kept: Promise<FeatureCollection> | undefined;

export function land(): Promise<FeatureCollection> {
  kept ??= (async () => {
    const atlas = (await import("world-atlas/countries-50m.json")) as unknown as { default: Topology<{ countries: GeometryCollection }> };
    return feature(atlas.default, atlas.default.objects.countries) as FeatureCollection;
  })();
  return kept;
}
