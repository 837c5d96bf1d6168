// Everything that does not fit: ranked, with its evidence, what would change it, and what to ask for.
import { useState } from "preact/hooks";
import type { PageProps } from "../App";
import { go } from "../route";
import { useAsk } from "../source";
import type { Finding, FindingsPage } from "../types";
import { Answer, Id, Nothing, Said, Section, Tag, tone, words } from "../ui/bits";
import { Evidence } from "../ui/Evidence";
import { ServerTable } from "../ui/Table";
import { copy } from "../ui/copy";

const SIZE = 40;

export function Findings(props: PageProps) {
  return (
    <>
      <All {...props} />
      <Section title="Where to look next" note="what one more look is expected to settle, in bits">
        <ServerTable name="looks" caption="Where to look next" asOf={props.asOf} empty={<Nothing>No single look is expected to settle anything that is open.</Nothing>} />
      </Section>
    </>
  );
}

function All({ asOf, params }: PageProps) {
  const kind = __REPORT__ ? "" : (params.get("kind") ?? "");
  const q = __REPORT__ ? "" : (params.get("q") ?? "");
  const [shown, setShown] = useState(SIZE);
  const asked = useAsk<FindingsPage>("/api/findings", { as_of: asOf, kind, q, limit: shown });
  return (
    <Answer of={asked}>
      {(f) => f.kinds.length === 0 ? <Nothing>Nothing that was compared contradicts anything else on this day. That says what was compared, not what is.</Nothing> : (
        <>
          {!__REPORT__ && (
            <div class="filters">
              <input type="search" placeholder="Filter findings" aria-label="Filter findings" value={q} onInput={(e) => go({ q: e.currentTarget.value })} />
              <div class="chips" role="group" aria-label="Kinds">
                <button type="button" aria-pressed={kind === ""} onClick={() => go({ kind: undefined })}>all</button>
                {f.kinds.map((k) => (
                  <button type="button" aria-pressed={kind === k.kind} onClick={() => go({ kind: kind === k.kind ? undefined : k.kind })}><strong>{k.number}</strong> {words(k.kind)}</button>
                ))}
              </div>
            </div>
          )}
          <p class="note" role="status">{f.matched} {f.matched === 1 ? "finding" : "findings"}; by kind, and within a kind the most pressing first</p>
          <ol class="findings">
            {f.rows.map((row, i) => (
              <Row key={`${row.kind} ${row.id} ${row.title} ${row.words[0]}`} row={row} first={i < 12} />
            ))}
          </ol>
          {f.matched > f.rows.length && (__REPORT__ ? <p class="note">The desk shows the rest.</p> : <button type="button" onClick={() => setShown(shown + 200)}>Show more ({f.matched - f.rows.length} left)</button>)}
        </>
      )}
    </Answer>
  );
}

/** What is inside is drawn when it is opened; in the report the first are open, as paper opens nothing. */
function Row({ row, first }: { row: Finding; first: boolean }) {
  const [open, setOpen] = useState(__REPORT__ && first);
  return (
    <li>
      <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>
          <Tag tone={tone(words(row.kind))}>{words(row.kind)}</Tag>
          <strong><Said>{row.title}</Said></strong>
          <span class="note"><Said>{row.words[0]}</Said></span>
          {row.rank !== undefined && <span class="rank" title="How pressing among its kind, 0 to 1">{row.rank.toFixed(2)}</span>}
        </summary>
        {open && (
          <div class="body">
            <ul class="plain">{row.words.map((w) => <li><Said>{w}</Said></li>)}</ul>
            {row.basis && <p><Tag tone={row.basis.includes("memory") ? "warn" : "plain"}>{row.basis}</Tag></p>}
            {row.evidence?.map((e) => <Evidence of={e} />)}
            {row.would_change && <p><strong>What would change it:</strong> {row.would_change.join("; ")}</p>}
            {row.request && <Request text={row.request} about={row.about ?? [row.id]} />}
            <p>Ask why: {[...new Set([row.id, ...(row.about ?? [])])].filter(Boolean).map((id) => <><Id id={id} /> </>)}</p>
          </div>
        )}
      </details>
    </li>
  );
}

/** The words of an access request that names what was seen and not who saw it. */
function Request({ text, about }: { text: string; about: string[] }) {
  return (
    <div class="request">
      <p><strong>Access request it calls for</strong> <span class="note">a draft: nobody has asked anything. It names no source. <span class="mono">lockstep access draft</span> makes the statement to sign.</span></p>
      <p><Said>{text}</Said></p>
      <p class="note">rests on {about.join(", ")}, which stay at home</p>
      {!__REPORT__ && <button type="button" onClick={() => void copy(text, "the draft")}>Copy the draft</button>}
    </div>
  );
}
