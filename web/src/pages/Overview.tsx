// Where we stand in one look. In the report it is the executive page.
import type { PageProps } from "../App";
import { href } from "../route";
import { useAsk } from "../source";
import type { OverviewPage, StepLine } from "../types";
import { Answer, Id, Nothing, Said, Section, Tag, plural, tone, words } from "../ui/bits";

export function Overview({ page, asOf }: PageProps) {
  const asked = useAsk<OverviewPage>("/api/overview", { as_of: asOf });
  const to = (name: string, more: Record<string, string> = {}) =>
    __REPORT__ ? `#${name}` : href(name, { ...(asOf ? { as_of: asOf } : {}), ...more });
  return (
    <Answer of={asked}>
      {(o) => (
        <>
          <Plain o={o} memory={page.from_memory} all={page.attested + page.attributed} />
          <div class="grid">
            <Section title="Due" class="wide" note={o.silent_since && <>The record of the agreement ends on {o.silent_since}. What is said of later days rests on silence.</>}>
              <Due o={o} />
            </Section>
            <Section title="Does not fit" class="wide" note={<a href={to("findings")}>all findings, with their evidence</a>}>
              {o.findings.length === 0 ? <Nothing>Nothing that was compared contradicts anything else. That is not a verdict: it says what was compared, not what is.</Nothing> : (
                <>
                  <ul class="chips">
                    {o.kinds.map((k) => <li><a href={to("findings", { kind: k.kind })}><strong>{k.number}</strong> {words(k.kind)}</a></li>)}
                  </ul>
                  <ul class="rows">
                    {o.findings.slice(0, 8).map((f) => (
                      <li>
                        <span class="main"><Id id={f.id}><Said>{f.title}</Said></Id> <span class="note"><Said>{f.words[0]}</Said></span></span>
                        <Tag tone={tone(words(f.kind))}>{words(f.kind)}</Tag>
                      </li>
                    ))}
                  </ul>
                </>
              )}
            </Section>
            <Section title="Declared and seen" note={<a href={to("map")}>on the map</a>}>
              {o.sites.declared + o.sites.observations === 0 ? <Nothing>No site is declared and nothing was observed.</Nothing> : (
                <>
                  <Bar parts={[
                    [o.sites.seen, "declared and seen", "a"],
                    [o.sites.contested, "contested", "b"],
                    [o.sites.not_seen, "declared, no observation names it", "c"],
                  ]} of="declared sites" />
                  <p><strong>{o.sites.undeclared}</strong> {o.sites.undeclared === 1 ? "place" : "places"} seen and not declared, from {plural(o.sites.observations, "report")}.</p>
                  {o.sites.untested > 0 && <Nothing>{o.sites.untested} of {o.sites.declared} declared sites: no inspection, measurement or seal has tested them.</Nothing>}
                </>
              )}
            </Section>
            <Section title="Steps" note={<a href={to("roadmap")}>the agreement</a>}>
              {!o.steps ? <Nothing>The folder holds no agreement, so nothing says what is due.</Nothing> : (
                <>
                  <Bar parts={[
                    [o.steps.verified, "certified", "a"],
                    [o.steps.claimed, "said to be done, certified by nobody", "c"],
                    [o.steps.reversed, "done and undone", "b"],
                    [o.steps.closed, "ended without being done", "d"],
                  ]} rest="not done" all={o.steps.all} of="steps" />
                  {o.steps.verified === 0 && o.steps.claimed > 0 && <Nothing>No step is certified by whoever the agreement names for it.</Nothing>}
                </>
              )}
            </Section>
            <Section title="Material balance" note={<a href={to("balance")}>balances and tests</a>}>
              {o.account_reports === 0 ? <Nothing>No accountancy report is recorded, so no balance can be struck.</Nothing> : <p>{plural(o.account_reports, "accountancy report")} in the record.</p>}
            </Section>
            <Section title="Sealed declarations">
              {o.seals.length === 0 ? <Nothing>Nobody has sealed a declaration.</Nothing> : o.seals.map((s) => (
                <p><Id id={s.id} /> of <Said>{s.party}</Said>, <Said>{s.scope}</Said>: {s.opened} opened, {s.absent} proved empty, {s.challenged} asked about{s.unanswered > 0 && <> · <Tag tone="warn">{s.unanswered} not answered</Tag></>}</p>
              ))}
            </Section>
            <Section title="Access" note={<a href={to("access")}>requests and clocks</a>}>
              {o.access === 0 ? <Nothing>No access request is recorded.</Nothing> : <p>{plural(o.access, "request")}, {o.access_open} of them open.</p>}
            </Section>
            <Section title="Latest entries" note={<a href={to("ledger")}>the ledger</a>}>
              <ul class="rows">
                {o.recent.slice(0, 5).map((e) => (
                  <li>
                    <span class="main"><span class="mono note">{e.index}</span> {e.id ? <Id id={e.id} /> : "–"} <span class="note mono">{e.kind}</span></span>
                    {e.rejected ? <Tag tone="bad">rejected</Tag> : <span class="note">{e.party}</span>}
                  </li>
                ))}
              </ul>
            </Section>
          </div>
        </>
      )}
    </Answer>
  );
}

/** Three sentences without a term of the trade. */
function Plain({ o, memory, all }: { o: OverviewPage; memory: number; all: number }) {
  const s = o.sites;
  const know: string[] = [];
  if (s.declared > 0) know.push(`${s.seen} of ${plural(s.declared, "declared site")} ${s.seen === 1 ? "was" : "were"} seen by someone else, and ${plural(s.undeclared, "place")} that somebody saw ${s.undeclared === 1 ? "is" : "are"} in no declaration.`);
  if (o.steps) know.push(`${o.steps.claimed + o.steps.verified} of ${plural(o.steps.all, "step")} of the agreement are said to be done; ${o.steps.verified} of them ${o.steps.verified === 1 ? "is" : "are"} certified.`);
  if (know.length === 0) know.push("The record holds no declared site and no agreement yet.");
  const sure: string[] = [];
  if (memory > 0) sure.push(`${memory} of ${all} records rest on memory alone and must be checked.`);
  if (s.declared > 0 && s.untested > 0) sure.push(s.untested === s.declared ? "No inspection has tested any declared site." : `${s.untested} declared sites are untested on the ground.`);
  if (o.silent_since) sure.push(`Nothing about the agreement is recorded after ${o.silent_since}.`);
  if (sure.length === 0) sure.push("Every record names its source; how far each can be trusted stands beside it.");
  const next: string[] = [];
  const due = o.due_soon[0] ?? o.next[0];
  if (due) next.push(`${due.parties.join(", ")}: ${due.title}, due ${due.due}.`);
  if (o.overdue[0]) next.push(`Longest overdue: ${o.overdue[0].title} (${o.overdue[0].parties.join(", ")}), ${o.overdue[0].timing}.`);
  const top = o.findings.find((f) => f.kind === "seen_not_declared");
  if (top) next.push(`Look first at ${top.title}.`);
  if (next.length === 0) next.push("Nothing is due and nothing presses.");
  return (
    <div class="plainwords">
      <div><h2>What we know</h2>{know.map((t) => <p><Said>{t}</Said></p>)}</div>
      <div><h2>How sure</h2>{sure.map((t) => <p><Said>{t}</Said></p>)}</div>
      <div><h2>What next</h2>{next.map((t) => <p><Said>{t}</Said></p>)}</div>
    </div>
  );
}

function Due({ o }: { o: OverviewPage }) {
  if (!o.steps) return <Nothing>The folder holds no agreement, so nothing says what is due.</Nothing>;
  const groups: [string, StepLine[], "bad" | "warn" | "plain"][] = [
    ["Overdue", o.overdue, "bad"],
    ["Within 30 days", o.due_soon, "warn"],
    ["Later", o.due_soon.length + o.overdue.length > 6 ? [] : o.next.slice(0, 5), "plain"],
  ];
  const shown = groups.filter(([, steps]) => steps.length > 0);
  if (shown.length === 0) return <p>No step with a date is open.</p>;
  return (
    <>
      {shown.map(([title, steps, mark]) => (
        <>
          <h3>{title}</h3>
          <ul class="rows">
            {steps.map((s) => (
              <li>
                <span class="main"><strong class="party">{s.parties.join(", ")}</strong> <Id id={s.id}><Said>{s.title}</Said></Id> <span class="note">{s.state}, due {s.due}</span></span>
                <Tag tone={mark}>{s.timing || s.due}</Tag>
              </li>
            ))}
          </ul>
        </>
      ))}
    </>
  );
}

/** A bar of counts: words and numbers carry it, the fill only helps. */
function Bar({ parts, of, rest, all }: { parts: [number, string, string][]; of: string; rest?: string; all?: number }) {
  const told = parts.reduce((n, [k]) => n + k, 0);
  const total = all ?? told;
  const full: [number, string, string][] = rest && total > told ? [...parts, [total - told, rest, "e"]] : parts;
  const kept = full.filter(([n]) => n > 0);
  return (
    <div class="bar">
      <div class="fill" role="img" aria-label={`${total} ${of}: ${kept.map(([n, w]) => `${n} ${w}`).join(", ")}`}>
        {kept.map(([n, , mark]) => <span class={`part ${mark}`} style={{ flexGrow: n }} />)}
      </div>
      <ul class="legend">
        {kept.map(([n, w, mark]) => <li><span class={`key part ${mark}`} aria-hidden="true" /> <strong>{n}</strong> {w}</li>)}
      </ul>
    </div>
  );
}
