// The agreement: what was promised, done and is to be expected, when; what waits for what; promises kept, party by party.
import { useMemo, useState } from "preact/hooks";
import type { PageProps } from "../App";
import { DAY, middle, span } from "../dates";
import { useAsk } from "../source";
import type { Days, ForesightPage, PartyDelays, RoadmapPage, RoadmapStatus, StepStatus } from "../types";
import { Answer, Nothing, Section } from "../ui/bits";
import { Chart, colours, short } from "../ui/Chart";
import { ServerTable } from "../ui/Table";

export function Roadmap({ page, asOf }: PageProps) {
  const asked = useAsk<RoadmapPage>("/api/roadmap", { as_of: asOf });
  return (
    <Answer of={asked}>
      {(r) => !r.status ? <Nothing>The folder holds no roadmap.kdl, so nothing says what is due, by whom, or when.</Nothing> : <Agreement status={r.status} after={r.after} page={page} asOf={asOf} />}
    </Answer>
  );
}

function Agreement({ status, after, asOf }: { status: RoadmapStatus; after: [string, string][]; page: PageProps["page"]; asOf: string | undefined }) {
  const parties = useMemo(() => [...new Set(status.steps.flatMap((s) => s.parties))], [status]);
  const [party, setParty] = useState("");
  const [links, setLinks] = useState(false);
  // Worked out after the page is there: it is never waited for.
  const foresight = useAsk<ForesightPage>("/api/foresight", { as_of: asOf }).data;
  const forecast = foresight?.forecast ?? undefined;
  const steps = party ? status.steps.filter((s) => s.parties.includes(party)) : status.steps;
  return (
    <>
      <p class="note">{status.title}{status.last_fact && <> · the record ends on {status.last_fact}; what is said of later days rests on silence</>}</p>
      <Section title="Steps over time">
        {!__REPORT__ && (
          <div class="filters">
            <label>Party <select value={party} onChange={(e) => setParty(e.currentTarget.value)}>
              <option value="">all</option>
              {parties.map((p) => <option value={p}>{p}</option>)}
            </select></label>
            <label><input type="checkbox" checked={links} onChange={(e) => setLinks(e.currentTarget.checked)} /> what waits for what</label>
          </div>
        )}
        <Gantt steps={steps} after={links || __REPORT__ ? after : []} asOf={status.as_of} forecast={forecast} />
      </Section>
      <Section title="Forecast" note={forecast && expected(forecast)}>
        <ServerTable name="forecast" caption="Forecast" asOf={asOf} empty={<Nothing>No step is open whose end could be forecast.</Nothing>} />
      </Section>
      <Section title="Received against fulfilled" note="for each party: the share of what others owe that is done, against the share of its own">
        {foresight && <Flows parties={foresight.promises?.parties ?? []} asOf={status.as_of} />}
      </Section>
      <Section title="Promises with a date" note="the same measure for every party">
        <ServerTable name="promises" caption="Promises by party" asOf={asOf} empty={<Nothing>No promise with a date is recorded.</Nothing>} />
        <ServerTable name="parties" caption="Pace of each party" asOf={asOf} empty={<Nothing>No party has a step.</Nothing>} />
        <ServerTable name="delays" caption="Each promise against other agreements" asOf={asOf} empty={<Nothing>No promise with a date has come due or was kept.</Nothing>} />
      </Section>
      <Section title="Days lost" note="what the record says of them, how it knows, and what stood in the way meanwhile; that it stood there does not show that it was the reason">
        <ServerTable name="causes" caption="Days lost by stated cause" asOf={asOf} empty={<Nothing>No dated promise is late.</Nothing>} />
      </Section>
      <Section title="Answers to what others did" note="steps that could begin because others had done theirs; the last column is the share of dated promises of other agreements that took longer">
        <ServerTable name="responses" caption="Answers" asOf={asOf} empty={<Nothing>No step waits for a step of another party that is done.</Nothing>} />
      </Section>
      <Section title="Limits">
        <ServerTable name="limits" caption="Limits" asOf={asOf} empty={<Nothing>The agreement sets no limit that the record states.</Nothing>} />
      </Section>
      <Section title="Lasting obligations">
        <ServerTable name="lasting" caption="Lasting obligations" asOf={asOf} empty={<Nothing>The agreement binds nobody to keep doing or keep from doing something, as far as the text says.</Nothing>} />
      </Section>
      <Section title="Powers" note="who may do what when something happens">
        <ServerTable name="powers" caption="Powers" asOf={asOf} empty={<Nothing>The text gives nobody a power to suspend, extend or end.</Nothing>} />
      </Section>
      <Section title="Rival readings">
        <ServerTable name="readings" caption="Rival readings" asOf={asOf} empty={<Nothing>No party is recorded as reading the text otherwise.</Nothing>} />
      </Section>
      <Section title="Every step">
        <ServerTable name="steps" caption="Steps" asOf={asOf} empty={<Nothing>The agreement has no step.</Nothing>} />
      </Section>
      <Section title="Around the agreement">
        <ServerTable name="events" caption="Events" asOf={asOf} empty={<Nothing>No event is recorded up to this day.</Nothing>} />
      </Section>
    </>
  );
}

type Forecast = NonNullable<ForesightPage["forecast"]>;

/** What a forecast rests on, in one line. */
function expected(f: Forecast): string {
  const t = f.in_time;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return `${f.runs} runs; of ${t.reference.known} promises of ${f.reference.agreements.length} other agreements ${percent(t.reference.share)} were kept in time, of this one ${t.kept} of ${t.of} so far, hence ${percent(t.chance)} for the next. A forecast from few agreements: docs/forecast.md says how well it did`;
}

interface Row {
  key: string;
  step: StepStatus;
  /** 10, 50 and 90 of 100 runs. */
  low: Date | undefined;
  half: Date | undefined;
  high: Date | undefined;
  due: Date | undefined;
  now: Date | undefined;
  from: Date | undefined;
  to: Date | undefined;
  late: boolean;
}

function Gantt({ steps, after, asOf, forecast }: { steps: StepStatus[]; after: [string, string][]; asOf: string; forecast: Forecast | undefined }) {
  const today = new Date(span(asOf)?.[0] ?? Date.now());
  const days = new Map<string, Days>(forecast?.steps.map((f) => [f.step, f.days]));
  const rows: Row[] = steps.map((step) => {
    const actual = span(step.actual);
    const [low, half, high] = days.get(step.id) ?? [null, null, null];
    return {
      key: step.id, step,
      low: middle(low), half: middle(half), high: middle(high),
      due: middle(step.due),
      now: middle(step.due_now),
      from: actual && new Date(actual[0]),
      to: actual && new Date(actual[1]),
      late: step.timeliness === "late" || step.timeliness === "overdue",
    };
  });
  // A step without any date of its own would be a forecast of nothing promised; it is in the table below.
  const dated = rows.filter((r) => r.due || r.now || r.from);
  const grid = {
    columns: ["step", "parties", "title", "due", "due_now", "actual", "state", "timing", "forecast_10", "forecast_50", "forecast_90"],
    rows: steps.map((s) => [s.id, s.parties.join(" "), s.title, s.due ?? "", s.due_now ?? "", (s.or_before ? "by " : "") + (s.actual ?? ""), s.state.replaceAll("_", " "), s.timeliness.replaceAll("_", " "), ...(days.get(s.id) ?? [null, null, null]).map((d) => d ?? "")]),
  };
  if (dated.length === 0) return <Nothing>No step of this choice has a date, promised or actual.</Nothing>;
  const at = new Map(dated.map((r) => [r.key, r]));
  const when = (r: Row) => r.to ?? r.now ?? r.due;
  const arrows = after.flatMap(([step, before]) => {
    const [a, b] = [at.get(before), at.get(step)];
    const [x1, x2] = [a && when(a), b && when(b)];
    return a && b && x1 && x2 ? [{ x1, x2, y1: a.key, y2: b.key }] : [];
  });
  const times = dated.flatMap((r) => [r.due, r.now, r.from, r.to]).filter((d): d is Date => d !== undefined).map(Number);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  // A day long after everything would squeeze all of it into a corner; then the overdue bars run off the edge.
  const edge = Math.min(Number(today), last + (last - first) * 0.25 + 60 * DAY);
  const off = Number(today) > Math.max(edge, last) + 20 * DAY;
  // Forecasts have long tails: the picture reaches half as far ahead as the record is long, and a bar may run off it.
  const ahead = off ? 0 : Math.min(Math.max(0, ...dated.map((r) => Number(r.high ?? 0))), Number(today) + (last - first) / 2 + 180 * DAY);
  const domain: [Date, Date] = [new Date(first - 20 * DAY), new Date(Math.max(edge, last, ahead) + 20 * DAY)];
  const within = (d: Date) => (Number(d) > Number(domain[1]) ? domain[1] : d);
  const seen = off ? [] : dated.filter((r) => r.low && r.low < domain[1]);
  return (
    <Chart
      name="steps"
      title={`${dated.length} of ${steps.length} steps have a date`}
      caption={`upright mark: promised (hollow when postponed to); dot or bar: done, as exactly as the source says; line: from the promise to the deed, or until now when overdue${seen.length > 0 ? "; pale band: forecast, 10 to 90 of 100 runs, its mark at half" : ""}${off ? `; ${asOf} lies beyond the right edge` : ""}`}
      grid={grid}
      make={(Plot, width) => {
        const c = colours();
        const narrow = width < 560;
        const left = narrow ? 92 : Math.min(320, width * 0.34);
        const end = off ? domain[1] : today;
        return Plot.plot({
          width,
          height: 54 + dated.length * 20,
          marginLeft: left,
          marginRight: 20,
          marginTop: 26,
          x: { type: "utc", domain, axis: "top", label: null, grid: true },
          y: { domain: dated.map((r) => r.key), axis: null },
          marks: [
            Plot.ruleX(off ? [] : [today], { stroke: c.ink, strokeDasharray: "2,3" }),
            Plot.text(dated, { y: "key", frameAnchor: "left", dx: -left + 2, textAnchor: "start", fill: "currentColor", text: (r: Row) => (narrow ? r.key : short(`${r.step.parties.join(" ")}  ${r.step.title}`, Math.floor(left / 6.4))) }),
            Plot.link(dated.filter((r) => r.due && r.to && r.late), { y: "key", x1: "due", x2: "to", stroke: c.orange, strokeWidth: 2 }),
            Plot.link(dated.filter((r) => r.step.timeliness === "overdue" && (r.now ?? r.due)), { y: "key", x1: (r: Row) => r.now ?? r.due, x2: () => end, stroke: c.red, strokeWidth: 2, strokeDasharray: "5,3" }),
            Plot.barX(seen, { y: "key", x1: "low", x2: (r: Row) => within(r.high ?? domain[1]), fill: c.sky, fillOpacity: 0.35, insetTop: 5, insetBottom: 5 }),
            Plot.tickX(seen.filter((r) => r.half && r.half < domain[1]), { y: "key", x: "half", stroke: c.blue, strokeWidth: 2, insetTop: 4, insetBottom: 4 }),
            Plot.tickX(dated.filter((r) => r.due), { y: "key", x: "due", stroke: c.ink, strokeWidth: 2, insetTop: 3, insetBottom: 3 }),
            Plot.tickX(dated.filter((r) => r.now), { y: "key", x: "now", stroke: c.ink, strokeOpacity: 0.55, strokeWidth: 2, strokeDasharray: "2,2", insetTop: 3, insetBottom: 3 }),
            Plot.barX(dated.filter((r) => r.from && r.to && Number(r.to) > Number(r.from)), { y: "key", x1: "from", x2: "to", fill: c.blue, fillOpacity: 0.45, insetTop: 6, insetBottom: 6 }),
            Plot.dot(dated.filter((r) => r.from && r.to && Number(r.to) === Number(r.from)), { y: "key", x: "to", fill: (r: Row) => (r.step.state === "verified" ? c.green : c.blue), stroke: c.ink, strokeWidth: 0.5, r: 4, symbol: (r: Row) => (r.step.state === "verified" ? "diamond2" : "circle") }),
            Plot.arrow(arrows, { x1: "x1", x2: "x2", y1: "y1", y2: "y2", stroke: c.purple, strokeOpacity: 0.7, bend: true, headLength: 5 }),
          ],
        });
      }}
    />
  );
}

/** What each party received and fulfilled over time; the area between is how far it was ahead. */
function Flows({ parties, asOf }: { parties: PartyDelays[]; asOf: string }) {
  const shown = parties.filter((p) => p.flows.curve.length > 0 && p.flows.obligations > 0);
  const points = shown.flatMap((p) => {
    const end = p.flows.curve.at(-1);
    const last = Math.max(...shown.map((q) => span(q.flows.curve.at(-1)?.on)?.[1] ?? 0));
    const on = (day: string) => new Date(span(day)?.[1] ?? 0);
    const first = on(p.flows.curve[0]?.on ?? asOf);
    return [
      { party: p.party, at: first, received: 0, fulfilled: 0, verified: 0 },
      ...p.flows.curve.map((c) => ({ party: p.party, at: on(c.on), received: c.received, fulfilled: c.fulfilled, verified: c.verified })),
      ...(end ? [{ party: p.party, at: new Date(last + 20 * DAY), received: end.received, fulfilled: end.fulfilled, verified: end.verified }] : []),
    ];
  });
  if (points.length < 4) return <Nothing>Too few steps are done on a known day to draw a course.</Nothing>;
  const named = new Map(shown.map((p) => [p.party, `${p.party}: ${p.flows.ahead_days >= 0 ? "received" : "gave"} ahead, as much as all of it for ${Math.round(Math.abs(p.flows.ahead_days))} days`]));
  const columns = ["party", "on", "received", "fulfilled", "verified"];
  const share = (n: number) => n.toFixed(3);
  return (
    <Chart
      name="flows"
      title="Received against fulfilled, by party"
      caption={`share of all, each step counting the same; steps that all do together are left out. Line: received; dashed: fulfilled; dotted: certified. Shaded: between the two, orange where it received ahead of what it gave, blue where it gave ahead; its size, up to ${asOf}, stands beside the name`}
      grid={{ columns, rows: shown.flatMap((p) => p.flows.curve.map((c) => [p.party, c.on, share(c.received), share(c.fulfilled), share(c.verified)])) }}
      make={(Plot, width) => {
        const c = colours();
        const percent = { domain: [0, 1] as [number, number], ticks: [0, 0.5, 1], tickFormat: (d: number) => `${d * 100} %` };
        const line = { x: "at", z: "party", fy: "party", curve: "step-after" as const };
        return Plot.plot({
          width, height: 30 + shown.length * 96, marginLeft: 44, marginRight: 16, marginTop: 20,
          x: { type: "utc", label: null, grid: true },
          y: { label: null, grid: true, ...percent },
          fy: { label: null, domain: shown.map((p) => p.party), axis: null, padding: 0.28 },
          marks: [
            Plot.differenceY(points, { x: "at", fy: "party", curve: "step-after", y1: "fulfilled", y2: "received", positiveFill: c.orange, negativeFill: c.blue, fillOpacity: 0.28, stroke: "none" }),
            Plot.line(points, { ...line, y: "fulfilled", stroke: c.ink, strokeWidth: 1.6, strokeDasharray: "5,3" }),
            Plot.line(points.filter((p) => p.verified > 0), { ...line, y: "verified", stroke: c.green, strokeWidth: 2, strokeDasharray: "1,3" }),
            Plot.line(points, { ...line, y: "received", stroke: c.ink, strokeWidth: 1.6 }),
            Plot.text(shown, { fy: "party", frameAnchor: "top-left", dy: -13, textAnchor: "start", fill: "currentColor", fontWeight: 600, text: (p: PartyDelays) => short(named.get(p.party) ?? p.party, Math.floor(width / 6.6)) }),
            Plot.ruleY([0], { stroke: c.line }),
          ],
        });
      }}
    />
  );
}
