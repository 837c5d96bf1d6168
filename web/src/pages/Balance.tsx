// Material balances with their limits, the tests over time and the error budget. What rests on nothing says so.
import { useState } from "preact/hooks";
import type { PageProps } from "../App";
import { DAY, span } from "../dates";
import { useAsk } from "../source";
import type { BalancePoint, BalanceRun, BalancesPage } from "../types";
import { Answer, Id, Nothing, Section, Tag, plural } from "../ui/bits";
import { Chart, colours, short } from "../ui/Chart";
import { ServerTable, Table } from "../ui/Table";

export function Balance({ asOf }: PageProps) {
  const asked = useAsk<BalancesPage>("/api/balances", { as_of: asOf });
  return <Answer of={asked}>{(page) => <Runs page={page} asOf={asOf} />}</Answer>;
}

/** Runs that are all drawn; of more, the one chosen. */
const FEW = 4;

const key = (r: BalanceRun) => `${r.mba} ${r.material} ${r.measured}`;

function heading(r: BalanceRun): string {
  return `${r.mba}, category ${r.material}, ${r.measured === "isotope" ? "fissile isotope" : "element"}`;
}

function state(r: BalanceRun) {
  if (r.no_sigma !== undefined) return <Tag tone="open">no sigma</Tag>;
  if (!r.limits) return <Tag tone="open">no test</Tag>;
  // That no test is above its limit is no proof that nothing is missing, so it is never green.
  return r.alarms.length > 0 ? <Tag tone="warn">above a limit</Tag> : <Tag tone="plain">below all limits</Tag>;
}

function Runs({ page, asOf }: { page: BalancesPage; asOf: string | undefined }) {
  const judged = page.runs.filter((r) => r.no_sigma === undefined);
  const [chosen, choose] = useState("");
  if (page.reports === 0) {
    return <Nothing>No accountancy report (inventory change, physical inventory, material balance) is recorded up to this day, so no balance can be struck and no test can be run. Nothing follows from that about the material.</Nothing>;
  }
  const worst = judged.find((r) => r.alarms.length > 0) ?? judged[0];
  const one = judged.find((r) => key(r) === chosen) ?? worst;
  const drawn = judged.length <= FEW ? judged : one ? [one] : [];
  return (
    <>
      <Section title="Verdicts" note={`${plural(page.reports, "accountancy report")}; ${plural(page.errors, "error")} and ${plural(page.warnings, "warning")} by the rules of reports`}>
        {page.runs.length === 0 && <Nothing>No inventory has closed a balance yet.</Nothing>}
        <ul class="rows">
          {page.runs.map((r) => (
            <li>
              <span class="main"><strong>{heading(r)}</strong><br />{r.words}</span>
              {state(r)}
            </li>
          ))}
        </ul>
      </Section>
      {judged.length > FEW && (
        <div class="filters">
          <label>Balances of <select value={one ? key(one) : ""} onChange={(e) => choose(e.currentTarget.value)}>
            {judged.map((r) => <option value={key(r)}>{heading(r)}</option>)}
          </select></label>
        </div>
      )}
      {drawn.map((r) => <Run r={r} />)}
      <Section title="Balances" note="PB + X − Y − PE = MUF; an id leads to every report and line behind it">
        <ServerTable name="balances" caption="balances" asOf={asOf} empty={<Nothing>No period can be added up.</Nothing>} />
      </Section>
      {judged.length > 0 && <p class="note">{page.convention}.</p>}
      {page.method && <p class="note">Tests: {page.method}.</p>}
    </>
  );
}

interface Drawn extends BalancePoint {
  at: Date;
}

const points = (r: BalanceRun): Drawn[] =>
  r.balances.flatMap((b) => {
    const on = span(b.last);
    return on ? [{ ...b, at: new Date(on[0]) }] : [];
  });

/** Four significant digits, never an exponent: for reading, while tables keep what the server gave. */
export function digits(value: number | undefined): string {
  if (value === undefined) return "";
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const decimals = Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(decimals);
}

const percent = (p: number | undefined) => (p === undefined ? "" : `${(p * 100).toFixed(1)} %`);

function domain(rows: Drawn[]): [Date, Date] {
  const [first, last] = [Math.min(...rows.map((r) => Number(r.at))), Math.max(...rows.map((r) => Number(r.at)))];
  const room = Math.max(15 * DAY, (last - first) * 0.06);
  return [new Date(first - room), new Date(last + room)];
}

function Run({ r }: { r: BalanceRun }) {
  const rows = points(r);
  const name = key(r).replaceAll(" ", "-");
  return (
    <Section title={heading(r)} note={r.words}>
      {rows.length > 0 && <Muf r={r} rows={rows} name={name} />}
      {rows.some((p) => p.sitmuf !== undefined) && <Tests r={r} rows={rows} name={name} />}
      {r.budget.length > 0 && <Budget r={r} name={name} />}
      {r.detection.length > 0 && (
        <>
          <h3>Probability to detect a loss of {digits(r.goal)} {r.unit}</h3>
          <p class="note">{r.goal_source ?? "a loss that was asked for"}; each test at {percent(r.limits?.alpha)} false alarms over the run</p>
          <Table
            caption={`detection ${name}`}
            grid={{
              columns: ["loss", "cumuf", "sitmuf", "page", "gemuf", "best_test", "loss_by_balance"],
              rows: r.detection.map((d) => [d.pattern, percent(d.cumuf), percent(d.sitmuf), percent(d.page), percent(d.gemuf), percent(d.best), d.loss.map(digits).join("; ")]),
            }}
          />
        </>
      )}
      <p class="note">Errors from {r.rests_on.map((id) => <><Id id={id} /> </>)}</p>
      <details>
        <summary class="note">{plural(r.sources.length, "systematic error")}, each of one instrument in one calibration period</summary>
        <p class="note">{r.sources.join("; ")}</p>
      </details>
    </Section>
  );
}

function Muf({ r, rows, name }: { r: BalanceRun; rows: Drawn[]; name: string }) {
  const alpha = percent(r.limits?.alpha ?? 0.05);
  return (
    <Chart
      name={`muf-${name}`}
      title={`MUF of ${plural(rows.length, "balance")}, in ${r.unit}`}
      caption={`dot: MUF at its physical inventory; bar: one standard deviation each way; orange mark: limit at ${alpha} false alarms for that balance by itself`}
      grid={{
        columns: ["first", "last", "muf", "sigma_muf", "limit", "cumuf", "sigma_cumuf", "unit"],
        rows: rows.map((p) => [p.first, p.last, p.muf, p.sigma_muf, p.limit, p.cumuf, p.sigma_cumuf, r.unit].map((v) => String(v ?? ""))),
      }}
      make={(Plot, width) => {
        const c = colours();
        const lastLimit = rows.findLast((p) => p.limit !== undefined);
        const over = rows.filter((p) => p.limit !== undefined && p.muf > p.limit);
        // Few are all labelled; of many, the one farthest above the limits and the last.
        const most = over.reduce<Drawn | undefined>((m, p) => (m && m.muf >= p.muf ? m : p), undefined);
        const labelled = rows.length <= Math.floor(width / 70) ? rows : rows.filter((p, i) => p === most || i === rows.length - 1);
        return Plot.plot({
          width, height: 260, marginLeft: 62, marginRight: 74, marginTop: 22,
          x: { type: "utc", domain: domain(rows), label: null, ticks: Math.max(2, Math.floor(width / 110)) },
          y: { label: `↑ MUF, ${r.unit}`, grid: true, nice: true },
          marks: [
            Plot.ruleY([0], { stroke: c.ink, strokeOpacity: 0.5 }),
            Plot.ruleX(rows.filter((p) => p.sigma_muf !== undefined), { x: "at", y1: (p: Drawn) => p.muf - (p.sigma_muf ?? 0), y2: (p: Drawn) => p.muf + (p.sigma_muf ?? 0), stroke: c.blue, strokeWidth: 2 }),
            Plot.line(rows.filter((p) => p.limit !== undefined), { x: "at", y: "limit", stroke: c.orange, strokeDasharray: "4,3", strokeOpacity: 0.6 }),
            Plot.dot(rows.filter((p) => p.limit !== undefined), { x: "at", y: "limit", symbol: "triangle2", fill: c.orange, r: 3 }),
            Plot.dot(rows, { x: "at", y: "muf", fill: c.blue, r: 4, stroke: (p: Drawn) => (over.includes(p) ? c.red : c.paper), strokeWidth: 1.5 }),
            Plot.text(labelled, { x: "at", y: (p: Drawn) => p.muf + (p.sigma_muf ?? 0), text: (p: Drawn) => digits(p.muf), dy: -8, fill: "currentColor", stroke: c.paper }),
            ...(lastLimit ? [Plot.text([lastLimit], { x: "at", y: "limit", text: () => `limit ${alpha}`, dx: 20, textAnchor: "start", fill: c.orange })] : []),
          ],
        });
      }}
    />
  );
}

function Tests({ r, rows, name }: { r: BalanceRun; rows: Drawn[]; name: string }) {
  const limits = r.limits;
  return (
    <Chart
      name={`tests-${name}`}
      title="SITMUF and Page's sum, in standard deviations"
      caption={`bars: SITMUF, independent with variance 1 when nothing is lost; line: Page's sum of it (reference 0.5); dashed: alarm lines, each at ${percent(limits?.alpha)} false alarms over the whole run`}
      grid={{
        columns: ["last", "itmuf", "sitmuf", "sitmuf_limit", "page", "page_limit", "gemuf", "gemuf_limit_at_end"],
        rows: rows.map((p) => [p.last, p.itmuf, p.sitmuf, limits?.sitmuf, p.page, limits?.page, p.gemuf, limits?.gemuf].map((v) => String(v ?? ""))),
      }}
      make={(Plot, width) => {
        const c = colours();
        const tested = rows.filter((p) => p.sitmuf !== undefined);
        const last = tested.at(-1);
        const lines = limits ? [
          { at: limits.sitmuf, text: `SITMUF limit ${limits.sitmuf.toFixed(2)}`, colour: c.blue },
          { at: limits.page, text: `Page limit ${limits.page.toFixed(2)}`, colour: c.orange },
        ] : [];
        return Plot.plot({
          width, height: 260, marginLeft: 62, marginRight: 74, marginTop: 22,
          x: { type: "utc", domain: domain(rows), label: null, ticks: Math.max(2, Math.floor(width / 110)) },
          y: { label: "↑ standard deviations", grid: true, nice: true },
          marks: [
            Plot.ruleY([0], { stroke: c.ink, strokeOpacity: 0.5 }),
            Plot.ruleX(tested, { x: "at", y1: 0, y2: "sitmuf", stroke: c.blue, strokeWidth: Math.max(3, Math.min(14, (width - 140) / (tested.length * 2))) }),
            Plot.line(tested, { x: "at", y: "page", stroke: c.orange, strokeWidth: 2 }),
            Plot.dot(tested, { x: "at", y: "page", fill: c.orange, r: 3 }),
            ...lines.flatMap((l) => [
              Plot.ruleY([l], { y: "at", stroke: l.colour, strokeDasharray: "5,3" }),
              Plot.text([l], { y: "at", frameAnchor: "left", dx: 4, dy: -7, textAnchor: "start", text: "text", fill: l.colour, stroke: c.paper }),
            ]),
            ...(last ? [
              Plot.text([last], { x: "at", y: "page", text: () => `Page ${digits(last.page)}`, dx: 9, dy: -2, textAnchor: "start", fill: c.orange }),
              Plot.text([last], { x: "at", y: "sitmuf", text: () => `SITMUF ${digits(last.sitmuf)}`, dx: 9, dy: Math.abs((last.page ?? 0) - (last.sitmuf ?? 0)) < 0.5 ? 12 : 0, textAnchor: "start", fill: c.blue }),
            ] : []),
          ],
        });
      }}
    />
  );
}

interface Part {
  stratum: string;
  kind: "random" | "systematic";
  part: number;
}

function Budget({ r, name }: { r: BalanceRun; name: string }) {
  const parts: Part[] = r.budget.flatMap((s) => [
    { stratum: s.stratum, kind: "random" as const, part: s.random * 100 },
    { stratum: s.stratum, kind: "systematic" as const, part: s.systematic * 100 },
  ]);
  const sigma = r.balances.at(-1)?.sigma_cumuf;
  return (
    <Chart
      name={`budget-${name}`}
      title={`Error budget: shares of the variance of CUMUF (sigma ${digits(sigma)} ${r.unit})`}
      caption="blue: random errors; orange: systematic errors, below 0 where they cancel those of others; beside it sigma of CUMUF, were that stratum measured twice as well"
      grid={{
        columns: ["stratum", "random_share", "systematic_share", "sigma_cumuf_if_halved", "detection_if_halved", "unit"],
        rows: r.budget.map((s) => [s.stratum, s.random, s.systematic, s.sigma_if_halved, s.detection_if_halved, r.unit].map((v) => String(v ?? ""))),
      }}
      make={(Plot, width) => {
        const c = colours();
        const left = Math.min(170, width * 0.32);
        const right = Math.min(150, width * 0.3);
        const share = (s: BalanceRun["budget"][number]) => `${percent(s.random + s.systematic)}${s.sigma_if_halved === undefined ? "" : ` → ${digits(s.sigma_if_halved)} ${r.unit}`}`;
        return Plot.plot({
          width, height: 52 + r.budget.length * 26, marginLeft: left, marginRight: right, marginTop: 8,
          x: { label: "% of variance →", grid: true, nice: true, ticks: Math.max(2, Math.floor((width - left - right) / 60)) },
          y: { domain: r.budget.map((s) => s.stratum), label: null, tickSize: 0, tickFormat: (t: string) => short(t, Math.floor(left / 6.6)) },
          marks: [
            Plot.barX(parts, { y: "stratum", x: "part", fill: (p: Part) => (p.kind === "random" ? c.blue : c.orange), insetTop: 4, insetBottom: 4 }),
            Plot.ruleX([0], { stroke: c.ink }),
            Plot.text(r.budget, { y: "stratum", frameAnchor: "right", dx: 6, textAnchor: "start", fill: "currentColor", text: (s: BalanceRun["budget"][number]) => short(share(s), Math.floor(right / 6.1)) }),
          ],
        });
      }}
    />
  );
}
