// Items: who holds what, what stage it reached, and from when to when it was surely itself.
import type { PageProps } from "../App";
import { DAY, span } from "../dates";
import { useAsk } from "../source";
import type { TablePage } from "../types";
import { Answer, Nothing, Section } from "../ui/bits";
import { Chart, colours, short } from "../ui/Chart";
import { Parts } from "./Access";

export function Items({ page, asOf }: PageProps) {
  return (
    <>
      <Section title="Continuity of knowledge and custody" note="the items that were sealed or moved, the first forty">
        <Timeline page={page} asOf={asOf} />
      </Section>
      <Parts page={page} asOf={asOf} parts={[
        ["classes", "Classes of items", "No item is declared."],
        ["items", "Items", "No item is declared."],
        ["transfers", "Transfers of custody", "No transfer is recorded up to this day."],
        ["item_problems", "What does not fit", "No item is declared, or nothing about items contradicts."],
      ]} />
    </>
  );
}

/** Rows that are drawn; the tables have them all. */
const DRAWN = 40;

function Timeline({ page, asOf }: { page: PageProps["page"]; asOf: string | undefined }) {
  const known = useAsk<TablePage>("/api/tables/continuity", { as_of: asOf, limit: 1000 });
  const moved = useAsk<TablePage>("/api/tables/transfers", { as_of: asOf, limit: 1000 });
  return <Answer of={known}>{(k) => <Answer of={moved}>{(m) => <Drawn known={k} moved={m} asOf={page.as_of} />}</Answer>}</Answer>;
}

function Drawn({ known, moved, asOf }: { known: TablePage; moved: TablePage; asOf: string }) {
  const now = (span(asOf)?.[0] ?? Date.now()) + DAY;
  const bars = known.rows.flatMap(([item = "", from, to, what = ""]) => {
    const a = span(from?.slice(0, 10));
    const b = to === "now" ? now : span(to?.slice(0, 10))?.[1];
    return a && b !== undefined ? [{ item, x1: new Date(a[0]), x2: new Date(Math.max(b, a[0] + DAY)), what }] : [];
  });
  const dots = moved.rows.flatMap(([transfer = "", items = "", from = "", to = "", on = "", , standing = ""]) => {
    const at = span(on.slice(0, 10));
    const counts = standing.startsWith("both") || standing.startsWith("a named");
    return at ? items.split("; ").map((item) => ({ item, x: new Date((at[0] + at[1]) / 2), words: `${transfer}: ${from} to ${to}`, counts })) : [];
  });
  const all = [...new Set([...bars.map((b) => b.item), ...dots.map((d) => d.item)])];
  if (all.length === 0) return <Nothing>No item was ever sealed or handed over, so nothing is known of its continuity.</Nothing>;
  const shown = new Set(all.slice(0, DRAWN));
  const kept = bars.filter((b) => shown.has(b.item));
  const handed = dots.filter((d) => shown.has(d.item));
  const grid = {
    columns: ["item", "from", "to", "what"],
    rows: [
      ...known.rows.map(([item = "", from = "", to = "", what = ""]) => [item, from, to, what]),
      ...moved.rows.map(([transfer = "", items = "", from = "", to = "", on = "", , standing = ""]) => [items, on, "", `${transfer}: ${from} to ${to}, ${standing}`]),
    ],
  };
  return (
    <Chart
      name="items"
      title={`${shown.size} of ${all.length} items that were sealed or moved`}
      caption="full bar: under seal and found intact; outlined bar: under seal, not looked at since; hatched red: not known in between; dot: custody passed, hollow when one side has not signed"
      grid={grid}
      make={(Plot, width) => {
        const c = colours();
        const left = width < 560 ? 92 : Math.min(240, width * 0.28);
        return Plot.plot({
          width,
          height: 40 + shown.size * 26,
          marginLeft: left,
          x: { type: "utc", grid: true, label: null },
          y: { label: null, domain: [...shown], tickFormat: (t: string) => short(t, Math.floor(left / 7)) },
          marks: [
            Plot.barX(kept.filter((b) => b.what === "kept"), { x1: "x1", x2: "x2", y: "item", fill: c.blue, insetTop: 5, insetBottom: 5 }),
            Plot.barX(kept.filter((b) => b.what.startsWith("under seal")), { x1: "x1", x2: "x2", y: "item", fill: "none", stroke: c.blue, insetTop: 5, insetBottom: 5 }),
            Plot.ruleY(kept.filter((b) => b.what === "gap"), { x1: "x1", x2: "x2", y: "item", stroke: c.red, strokeWidth: 5, strokeDasharray: "3,3" }),
            Plot.dot(handed.filter((d) => d.counts), { x: "x", y: "item", fill: c.ink, r: 4, title: "words" }),
            Plot.dot(handed.filter((d) => !d.counts), { x: "x", y: "item", stroke: c.ink, fill: c.paper, r: 4, title: "words" }),
          ],
        });
      }}
    />
  );
}
