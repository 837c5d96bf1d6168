// How bits add up to a match: one bar a field, from where the last one ended.
import type { Waterfall } from "../types";
import { Chart, colours, short } from "./Chart";

export function Evidence({ of }: { of: Waterfall }) {
  let sum = 0;
  const bars = of.fields.map((f) => {
    const from = sum;
    sum += f.bits;
    return { ...f, from, to: sum };
  });
  const percent = of.probability > 0.99 ? "over 99 %" : `${Math.round(of.probability * 100)} %`;
  return (
    <Chart
      name={`evidence-${of.observation}-${of.site}`}
      title={`${of.observation} as ${of.site}: ${percent}`}
      caption={`bits of evidence (log2 of a likelihood ratio); together ${of.bits.toFixed(1)} bits; 0 is even odds`}
      grid={{ columns: ["field", "bits", "words"], rows: of.fields.map((f) => [f.field, f.bits.toFixed(2), f.words]) }}
      make={(Plot, width) => {
        const c = colours();
        const left = Math.min(96, width * 0.26);
        return Plot.plot({
          width,
          height: 46 + bars.length * 34,
          marginLeft: left,
          marginRight: 48,
          marginTop: 6,
          x: { label: "bits →", nice: true, grid: true },
          y: { domain: bars.map((b) => b.field), label: null, tickSize: 0 },
          marks: [
            Plot.ruleX([0], { stroke: c.ink }),
            Plot.barX(bars, { y: "field", x1: "from", x2: "to", fill: (b: { bits: number }) => (b.bits < 0 ? c.orange : c.blue), insetTop: 3, insetBottom: 16 }),
            Plot.text(bars, { y: "field", x: (b: { from: number; to: number }) => Math.max(b.from, b.to), text: (b: { bits: number }) => `${b.bits >= 0 ? "+" : "−"}${Math.abs(b.bits).toFixed(1)}`, dx: 5, dy: -7, textAnchor: "start", fill: "currentColor" }),
            Plot.text(bars, { y: "field", frameAnchor: "left", text: (b: { words: string }) => short(b.words, Math.floor((width - left - 50) / 5.6)), dy: 10, fill: c.faint, textAnchor: "start" }),
          ],
        });
      }}
    />
  );
}
