// The agreement: what was promised, what was done, when; what waits for what; promises kept, party by party.
import { useMemo, useState } from "preact/hooks";
import type { PageProps } from "../App";
import { DAY, middle, span } from "../dates";
import { useAsk } from "../source";
import type { RoadmapPage, RoadmapStatus, StepStatus } from "../types";
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
        <Gantt steps={steps} after={links || __REPORT__ ? after : []} asOf={status.as_of} />
      </Section>
      <Section title="Done by each party" note="steps said to be done or certified, over time: benefits given against obligations met">
        <Course status={status} />
      </Section>
      <Section title="Promises with a date" note="the same measure for every party">
        <ServerTable name="promises" caption="Promises by party" asOf={asOf} empty={<Nothing>No promise with a date is recorded.</Nothing>} />
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

interface Row {
  key: string;
  step: StepStatus;
  due: Date | undefined;
  now: Date | undefined;
  from: Date | undefined;
  to: Date | undefined;
  late: boolean;
}

function Gantt({ steps, after, asOf }: { steps: StepStatus[]; after: [string, string][]; asOf: string }) {
  const today = new Date(span(asOf)?.[0] ?? Date.now());
  const rows: Row[] = steps.map((step) => {
    const actual = span(step.actual);
    return {
      key: step.id, step,
      due: middle(step.due),
      now: middle(step.due_now),
      from: actual && new Date(actual[0]),
      to: actual && new Date(actual[1]),
      late: step.timeliness === "late" || step.timeliness === "overdue",
    };
  });
  const dated = rows.filter((r) => r.due || r.now || r.from);
  const grid = {
    columns: ["step", "parties", "title", "due", "due_now", "actual", "state", "timing"],
    rows: steps.map((s) => [s.id, s.parties.join(" "), s.title, s.due ?? "", s.due_now ?? "", (s.or_before ? "by " : "") + (s.actual ?? ""), s.state.replaceAll("_", " "), s.timeliness.replaceAll("_", " ")]),
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
  const domain: [Date, Date] = [new Date(first - 20 * DAY), new Date(Math.max(edge, last) + 20 * DAY)];
  const off = Number(today) > Number(domain[1]);
  return (
    <Chart
      name="steps"
      title={`${dated.length} of ${steps.length} steps have a date`}
      caption={`upright mark: promised (hollow when postponed to); dot or bar: done, as exactly as the source says; line: from the promise to the deed, or until now when overdue${off ? `; ${asOf} lies beyond the right edge` : ""}`}
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

function Course({ status }: { status: RoadmapStatus }) {
  const points: { party: string; at: Date; done: number; id: string }[] = [];
  const parties = [...new Set(status.steps.flatMap((s) => s.parties))];
  for (const party of parties) {
    const done = status.steps
      .filter((s) => s.parties.includes(party) && (s.state === "claimed_done" || s.state === "verified"))
      .map((s) => ({ id: s.id, at: span(s.actual)?.[1] }))
      .filter((s): s is { id: string; at: number } => s.at !== undefined)
      .sort((a, b) => a.at - b.at);
    done.forEach((s, i) => points.push({ party, at: new Date(s.at), done: i + 1, id: s.id }));
  }
  if (points.length < 2) return <Nothing>Too few steps are done on a known day to draw a course.</Nothing>;
  const counted = parties.map((p) => ({ party: p, of: status.steps.filter((s) => s.parties.includes(p)).length }));
  const ends = parties.map((p) => points.findLast((x) => x.party === p)).filter((p) => p !== undefined);
  const to = new Date(Math.max(...points.map((p) => Number(p.at))) + 20 * DAY);
  const lines = [...points, ...ends.map((e) => ({ ...e, at: to }))];
  return (
    <Chart
      name="course"
      title="Steps done, by party"
      caption={`count of steps with a known day, out of ${counted.map((c) => `${c.party} ${c.of}`).join(", ")}; a step of several parties counts for each`}
      grid={{ columns: ["party", "step", "on", "done"], rows: points.map((p) => [p.party, p.id, p.at.toISOString().slice(0, 10), String(p.done)]) }}
      make={(Plot, width) => {
        const c = colours();
        const range = [c.blue, c.orange, c.green, c.purple, c.sky, c.red, c.ink];
        // Parties of one height share one label, so that no two lie on each other.
        const heights = [...new Set(ends.map((e) => e.done))];
        const labels = heights.map((done) => ({ done, party: ends.filter((e) => e.done === done).map((e) => e.party).join(" ") }));
        return Plot.plot({
          width, height: 260, marginRight: 90, marginLeft: 34,
          x: { type: "utc", label: null },
          y: { label: "steps done", grid: true, nice: true },
          color: { domain: parties, range: parties.map((_, i) => range[i % range.length]) as string[] },
          marks: [
            Plot.ruleY([0], { stroke: c.line }),
            Plot.line(lines, { x: "at", y: "done", stroke: "party", curve: "step-after", strokeWidth: 2 }),
            Plot.text(labels, { x: () => to, y: "done", text: (p: { party: string; done: number }) => `${p.done} ${p.party}`, dx: 6, textAnchor: "start", fill: "currentColor" }),
          ],
        });
      }}
    />
  );
}
