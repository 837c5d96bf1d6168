// How bits add up to an answer: one bar a field or report, from where the last one ended.
import type { Waterfall } from "../types";
import { Chart, colours, short } from "./Chart";

const percent = (p: number) => (p > 0.99 ? "over 99 %" : p < 0.01 ? "under 1 %" : `${Math.round(p * 100)} %`);

export function Evidence({ of }: { of: Waterfall }) {
  let sum = 0;
  const bars = of.fields.map((f, i) => {
    const from = sum;
    sum += f.bits;
    return { ...f, key: `${i}`, from, to: sum, least: f.low === undefined ? undefined : from + f.low, most: f.high === undefined ? undefined : from + f.high };
  });
  const unsure = bars.filter((b) => b.least !== undefined && b.most !== undefined && b.least !== b.most);
  const between = of.low !== undefined && of.high !== undefined && of.low !== of.high ? `, ${percent(of.low)} to ${percent(of.high)} over the range of the inputs` : "";
  return (
    <Chart
      name={`evidence-${of.question.replaceAll(/[^a-z0-9]+/gi, "-")}`}
      title={`${of.question}: ${percent(of.probability)}${between}`}
      caption={`bits of evidence (log2 of a likelihood ratio); together ${of.bits.toFixed(1)} bits; 0 is even odds${unsure.length > 0 ? "; whiskers: the range that a report's grade allows" : ""}`}
      grid={{ columns: ["field", "bits", "low", "high", "words"], rows: of.fields.map((f) => [f.field, f.bits.toFixed(2), f.low?.toFixed(2) ?? "", f.high?.toFixed(2) ?? "", f.words]) }}
      make={(Plot, width) => {
        const c = colours();
        const left = Math.min(96, width * 0.26);
        const names = new Map(bars.map((b) => [b.key, b.field]));
        const ends = bars.flatMap((b) => [b.from, b.to, b.least ?? b.to, b.most ?? b.to]);
        return Plot.plot({
          width,
          height: 46 + bars.length * 34,
          marginLeft: left,
          marginRight: 48,
          marginTop: 6,
          x: { label: "bits →", nice: true, grid: true, domain: [Math.min(0, ...ends), Math.max(0, ...ends)] },
          y: { domain: bars.map((b) => b.key), label: null, tickSize: 0, tickFormat: (k: string) => short(names.get(k) ?? "", Math.floor(left / 6.6)) },
          marks: [
            Plot.ruleX([0], { stroke: c.ink }),
            Plot.barX(bars, { y: "key", x1: "from", x2: "to", fill: (b: { bits: number }) => (b.bits < 0 ? c.orange : c.blue), insetTop: 3, insetBottom: 17 }),
            Plot.ruleY(unsure, { y: "key", x1: "least", x2: "most", stroke: c.ink, strokeOpacity: 0.7, dy: -7 }),
            Plot.text(bars, { y: "key", x: (b: { from: number; to: number; most?: number }) => Math.max(b.from, b.to, b.most ?? b.to), text: (b: { bits: number }) => `${b.bits >= 0 ? "+" : "−"}${Math.abs(b.bits).toFixed(1)}`, dx: 5, dy: -7, textAnchor: "start", fill: "currentColor" }),
            Plot.text(bars, { y: "key", frameAnchor: "left", text: (b: { words: string }) => short(b.words, Math.floor((width - left - 50) / 5.6)), dy: 10, fill: c.faint, stroke: c.paper, strokeWidth: 3, textAnchor: "start" }),
          ],
        });
      }}
    />
  );
}
