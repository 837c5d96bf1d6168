// Where: declared and observed places as wide as they are known, and what was matched with what.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PageProps } from "../App";
import { DAY, iso, span } from "../dates";
import { useAsk } from "../source";
import type { Feature, MapData } from "../types";
import { Answer, Id, Nothing, Said, Section, Tag, tone } from "../ui/bits";
import { Table } from "../ui/Table";
import { SvgMap } from "../map/svg";
import type { Drawn } from "../map/drawn";

export function MapPage({ asOf, page }: PageProps) {
  const asked = useAsk<MapData>("/api/map", { as_of: asOf });
  return <Answer of={asked}>{(m) => m.features.length + m.without_point.length === 0 ? <Nothing>No site is declared and nothing was observed up to this day.</Nothing> : <Places data={m} today={page.as_of} />}</Answer>;
}

/** Whether this browser draws with WebGL; the SVG map needs none. */
function webgl(): boolean {
  if (__REPORT__) return false;
  try {
    const canvas = document.createElement("canvas");
    return canvas.getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

function Places({ data, today }: { data: MapData; today: string }) {
  const [shown, setShown] = useState({ declared: true, observed: true, named: false, links: true });
  const [until, setUntil] = useState<number>();
  const [picked, setPicked] = useState<string>();
  const [gl] = useState(webgl);
  const [flat, setFlat] = useState(!gl);
  const days = useMemo(() => data.features.map((f) => span(f.day)?.[0]).filter((d) => d !== undefined), [data]);
  const [first, last] = [Math.min(...days), span(today)?.[0] ?? Math.max(...days)];
  const drawn: Drawn = useMemo(() => {
    const seen = (f: Feature) => until === undefined || (span(f.day)?.[0] ?? -Infinity) <= until;
    const features = data.features.filter((f) => shown[f.kind] && seen(f));
    const ids = new Map(features.map((f) => [f.id, f]));
    const links = !shown.links ? [] : data.links.flatMap((l) => {
      const [a, b] = [ids.get(l.observation), ids.get(l.site)];
      return a && b ? [{ from: a, to: b, probability: l.probability }] : [];
    });
    return { features, links };
  }, [data, shown, until]);
  const chosen = data.features.find((f) => f.id === picked);
  const toggle = (name: keyof typeof shown, words: string, key: string) => (
    <label class={`layer ${key}`}><input type="checkbox" checked={shown[name]} onChange={(e) => setShown({ ...shown, [name]: e.currentTarget.checked })} /> <span class="key" aria-hidden="true" /> {words}</label>
  );
  const grid = {
    columns: ["id", "kind", "name", "category", "lat", "lon", "precision_m", "on", "verdict"],
    rows: data.features.map((f) => [f.id, f.kind, f.name, f.category, String(f.lat), String(f.lon), f.precision_m === undefined ? "" : String(f.precision_m), f.on ?? "", f.verdict]),
  };
  return (
    <>
      {!__REPORT__ && (
        <div class="filters">
          {toggle("declared", "declared", "declared")}
          {toggle("observed", "observed", "observed")}
          {toggle("named", "named towns", "named")}
          {toggle("links", "matches", "links")}
          {Number.isFinite(first) && first < last && (
            <label class="time">seen or said by {until === undefined ? today : iso(until)}
              <input type="range" min={Math.floor(first / DAY)} max={Math.floor(last / DAY)} value={Math.floor((until ?? last) / DAY)} onInput={(e) => setUntil(Number(e.currentTarget.value) * DAY)} aria-label="Only what was seen or said by this day" />
            </label>
          )}
          {gl && <button type="button" onClick={() => setFlat(!flat)}>{flat ? "Map that moves" : "Plain drawing"}</button>}
        </div>
      )}
      {!gl && !__REPORT__ && <p class="note">This browser draws no WebGL; this is the same map as a plain drawing.</p>}
      <div class="mapbox">
        {flat || __REPORT__ ? <SvgMap of={drawn} picked={picked} onPick={setPicked} /> : <GlMap of={drawn} picked={picked} onPick={setPicked} onFail={() => setFlat(true)} />}
        {chosen && (
          <aside class="picked" aria-live="polite">
            <p><Id id={chosen.id} /> <strong><Said>{chosen.name}</Said></strong></p>
            <p>{chosen.category}{chosen.status ? `, ${chosen.status}` : ""}</p>
            <p>{chosen.verdict && <Tag tone={tone(chosen.verdict)}>{chosen.verdict}</Tag>} <span class="note">{chosen.on}</span></p>
            {chosen.readings && chosen.readings.length > 1 && <p>Rival readings: {chosen.readings.join(" or ")}</p>}
            <p class="note">{chosen.lat.toFixed(4)}, {chosen.lon.toFixed(4)}{chosen.precision_m === undefined ? "; the source gives no precision" : ` ± ${distance(chosen.precision_m)}`}{chosen.by_name && `; the point of the town ${chosen.by_name}, as only its name is given`}</p>
            <button type="button" onClick={() => setPicked(undefined)}>Close</button>
          </aside>
        )}
      </div>
      <p class="note">A circle is as wide as the place is uncertain; a place without a stated precision is a dot. Coast and borders: Natural Earth, whose lines are nobody's position here.</p>
      {data.without_point.filter((n) => n.kind !== "named").length > 0 && (
        <Section title="Not on the map" note="no point is known">
          <ul class="rows">{data.without_point.map((n) => <li><span class="main"><Id id={n.id} /> <Said>{n.name}</Said></span><span class="note"><Said>{n.place}</Said></span></li>)}</ul>
        </Section>
      )}
      <details>
        <summary>All places as a table</summary>
        <Table caption="Places" grid={grid} />
      </details>
    </>
  );
}

export function distance(m: number): string {
  return m >= 1000 ? `${Number((m / 1000).toPrecision(3))} km` : `${m} m`;
}

function GlMap(props: { of: Drawn; picked: string | undefined; onPick: (id: string | undefined) => void; onFail: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const map = useRef<{ show: (of: Drawn, picked: string | undefined) => void; remove: () => void } | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (__REPORT__) return;
    let gone = false;
    import("../map/gl").then(
      async ({ open }) => {
        if (gone || !box.current) return;
        const opened = await open(box.current, latest.current.of, (id) => latest.current.onPick(id));
        if (gone) return opened.remove();
        map.current = opened;
        opened.show(latest.current.of, latest.current.picked);
      },
    ).catch(() => latest.current.onFail());
    return () => {
      gone = true;
      map.current?.remove();
      map.current = undefined;
    };
  }, []);
  useEffect(() => map.current?.show(props.of, props.picked), [props.of, props.picked]);
  return <div ref={box} class="gl" role="application" aria-label="Map; the table below it holds the same places" />;
}
