// Stated figures on one axis, with their bounds; then, by material, pairs that only seem to disagree.
import type { PageProps } from "../App";
import { useAsk } from "../source";
import type { Figure, FigureGroup, Quantity } from "../types";
import { Answer, Id, Nothing, Said, Section } from "../ui/bits";
import { Chart, colours, short } from "../ui/Chart";
import { Table } from "../ui/Table";

export function Claims({ asOf }: PageProps) {
  const asked = useAsk<{ groups: FigureGroup[]; quantities: Quantity[]; method: { words: string } }>("/api/assessment/figures", { as_of: asOf });
  return (
    <Answer of={asked}>
      {(f) => f.groups.length === 0 ? <Nothing>No figure is stated in the record up to this day.</Nothing> : (
        <>
          {f.groups.map((g) => <Group g={g} />)}
          {f.quantities.map((q) => <Seeming q={q} />)}
          <p class="note">Method: {f.method.words}</p>
        </>
      )}
    </Answer>
  );
}

const WHY: Record<string, string> = {
  kind: "they count different things",
  scope: "their words set off another scope",
  as_of: "they are of different times",
  growth: "a running total may have grown",
  bound: "a bound, range or estimate leaves room",
};

/** Pairs of one material that differ and may both be true, those of one reason and the same kinds together. */
function Seeming({ q }: { q: Quantity }) {
  const of = new Map(q.figures.map((f) => [f.id, f]));
  const rows = new Map<string, { why: string; low: Set<string>; high: Set<string> }>();
  for (const pair of q.seeming) {
    const [low, high] = [of.get(pair.low), of.get(pair.high)];
    if (low === undefined || high === undefined) continue;
    const why = pair.because_of.map((b) => WHY[b] ?? b).join("; ");
    const kinds = low.kind === high.kind ? low.kind : `${low.kind} and ${high.kind}`;
    const key = `${kinds.replaceAll("_", " ")}: ${why}`;
    const row = rows.get(key) ?? { why: key, low: new Set(), high: new Set() };
    row.low.add(low.id);
    row.high.add(high.id);
    rows.set(key, row);
  }
  if (rows.size === 0) return null;
  const ids = (set: Set<string>) => [...set].map((id) => <><Id id={id} /> {of.get(id)?.figure}; </>);
  return (
    <Section title={`${q.material} ${q.unit}: only seem to disagree`.trim()} note="the lower figures, then the higher ones">
      <ul class="rows">
        {[...rows.values()].map((r) => (
          <li><span class="main">{ids(r.low)} beside {ids(r.high)}</span><Said>{r.why}</Said></li>
        ))}
      </ul>
    </Section>
  );
}

interface Drawn extends Figure {
  label: string;
  from: number | undefined;
  to: number | undefined;
}

function Group({ g }: { g: FigureGroup }) {
  const title = `${g.material} ${g.kind.replaceAll("_", " ")}`.trim() || "other figures";
  const rows: Drawn[] = g.figures.map((f) => ({
    ...f,
    label: f.id,
    // For drawing only: the table keeps every digit of the source.
    from: f.low === undefined ? undefined : Number(f.low),
    to: f.high === undefined ? undefined : Number(f.high),
  }));
  const drawn = rows.filter((r) => r.from !== undefined || r.to !== undefined);
  const none = rows.filter((r) => r.from === undefined && r.to === undefined);
  const grid = {
    columns: ["id", "figure", "what", "stated_by", "stated_on", "as_of", "basis"],
    rows: g.figures.map((f) => [f.id, f.figure, f.what, f.stated_by, f.stated_on ?? "", f.as_of ?? "", f.basis ?? ""]),
  };
  return (
    <Section title={title} note={g.unit ? `in ${g.unit}` : "the sources name no unit"}>
      {drawn.length > 1 ? (
        <Chart
          name={`claims-${title.replaceAll(" ", "-")}`}
          title={`${drawn.length} stated figures, ${g.unit}`}
          caption="bars: what a figure allows (its bound, its spread, or half its last digit); an arrow has no end; grey rests on memory; oldest statement first"
          grid={grid}
          make={(Plot, width) => {
            const c = colours();
            const values = drawn.flatMap((r) => [r.from, r.to]).filter((v): v is number => v !== undefined && Number.isFinite(v));
            const most = Math.max(...values);
            const least = Math.min(0, ...values);
            const right = most + (most - least) * 0.06;
            const marginRight = Math.min(250, width * 0.38);
            return Plot.plot({
              width,
              height: 44 + drawn.length * 24,
              marginLeft: Math.min(120, width * 0.26),
              marginRight,
              marginTop: 8,
              x: { domain: [least, right], label: `${g.unit || "number"} →`, grid: true, nice: true },
              y: { domain: drawn.map((r) => r.label), label: null, tickSize: 0, tickFormat: (t: string) => short(t, 17) },
              marks: [
                Plot.ruleY(drawn, { y: "label", x1: (r: Drawn) => r.from ?? least, x2: (r: Drawn) => r.to ?? right, stroke: (r: Drawn) => (r.basis === "memory" ? c.faint : c.blue), strokeWidth: 5, strokeLinecap: "butt" }),
                Plot.dot(drawn.filter((r) => r.from !== undefined && r.to !== undefined), { y: "label", x: (r: Drawn) => ((r.from ?? 0) + (r.to ?? 0)) / 2, fill: (r: Drawn) => (r.basis === "memory" ? c.faint : c.blue), r: 3.5 }),
                Plot.dot(drawn.filter((r) => r.to === undefined), { y: "label", x: () => right, symbol: "triangle", rotate: 90, fill: c.blue, r: 5 }),
                Plot.dot(drawn.filter((r) => r.from === undefined), { y: "label", x: () => least, symbol: "triangle", rotate: -90, fill: c.blue, r: 5 }),
                Plot.text(drawn, { y: "label", frameAnchor: "right", dx: 8, textAnchor: "start", fill: "currentColor", text: (r: Drawn) => short(`${r.figure} · ${r.stated_by}`, Math.floor(marginRight / 6.1)) }),
              ],
            });
          }}
        />
      ) : (
        <Table caption={title} grid={grid} />
      )}
      {none.length > 0 && drawn.length > 1 && <p class="note">No figure published: {none.map((r) => <><Id id={r.id} /> </>)}</p>}
      {g.disagreements.length > 0 && (
        <>
          <h3>Cannot both be true</h3>
          <ul class="rows">
            {g.disagreements.map((d) => (
              <li><span class="main"><Id id={d.low} /> and <Id id={d.high} /></span><Said>{d.gap} {g.unit} between what they allow</Said></li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
