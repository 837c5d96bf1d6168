// The ledger: entries as signed, who signed the whole, and the proof of each recomputed here.
import { useState } from "preact/hooks";
import type { PageProps } from "../App";
import { useAsk } from "../source";
import type { EntryLine } from "../types";
import { readCheckpoint, signedBy } from "../verify";
import { Answer, Id, Nothing, Section, Tag } from "../ui/bits";
import { Inclusion } from "../ui/Inclusion";
import { copy } from "../ui/copy";

interface Entries {
  matched: number;
  total: number;
  rows: EntryLine[];
}

const SIZE = 40;

export function Ledger({ page }: PageProps) {
  const [q, setQ] = useState("");
  const [offset, setOffset] = useState(0);
  const asked = useAsk<Entries>("/api/ledger/entries", { q, offset, limit: SIZE });
  const head = page.ledger;
  return (
    <>
      <Section title="Checkpoint">
        {!head ? <Nothing>Nothing is recorded: the folder alone is shown, and nobody has signed it. `lockstep open` records it.</Nothing> : (
          <>
            <dl>
              <dt>log</dt><dd class="mono">{head.origin}</dd>
              <dt>entries</dt><dd>{head.size}</dd>
              <dt>root</dt><dd class="mono">{head.root}</dd>
              <dt>signed by</dt><dd>{head.signers.join(", ")}{new Set(head.signers).size === 1 && <> <Tag tone="open">no witness has cosigned</Tag></>}</dd>
            </dl>
            <Check checkpoint={head.checkpoint} vkey={head.key} root={head.root} />
            <details>
              <summary>The checkpoint as signed</summary>
              <pre tabIndex={0}>{head.checkpoint}</pre>
              <p class="note">key of the log: <span class="mono">{head.key}</span></p>
              {!__REPORT__ && <button type="button" onClick={() => void copy(head.checkpoint, "the checkpoint")}>Copy</button>}
            </details>
          </>
        )}
      </Section>
      <Section title="Entries" note="the newest first; the ledger only grows, so the day shown does not change it">
        <Answer of={asked}>
          {(e) => (
            <>
              {!__REPORT__ && (
                <div class="tools">
                  <input type="search" placeholder="Word of an entry" aria-label="Filter entries" value={q} onInput={(v) => { setQ(v.currentTarget.value); setOffset(0); }} />
                </div>
              )}
              <ul class="entries">
                {(__REPORT__ ? e.rows : e.rows).map((row) => <li key={row.index}><Entry row={row} recorded={head !== null} /></li>)}
              </ul>
              <div class="foot">
                <span role="status">{e.rows.length === 0 ? "no entry" : `${e.rows.length} shown of ${e.matched}`}</span>
                {!__REPORT__ && e.matched > SIZE && (
                  <span class="pages">
                    <button type="button" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - SIZE))}>Newer</button>
                    <button type="button" disabled={offset + SIZE >= e.matched} onClick={() => setOffset(offset + SIZE)}>Older</button>
                  </span>
                )}
              </div>
            </>
          )}
        </Answer>
      </Section>
    </>
  );
}

function Entry({ row, recorded }: { row: EntryLine; recorded: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        <span class="mono n">{row.index}</span>
        <span class="mono kind">{row.kind}</span>
        <span class="mono">{row.id}</span>
        <span class="note">{row.party}{row.said ? `, ${row.said}` : ""}</span>
        {row.rejected ? <Tag tone="bad">does not count</Tag> : row.standing && <Tag tone={row.standing === "attested" ? "good" : "plain"}>{row.standing}</Tag>}
      </summary>
      {open && (
        <div class="body">
          {row.rejected && <p>{row.rejected}</p>}
          {recorded && !__REPORT__ && <Signed index={row.index} />}
          {recorded && <Inclusion index={row.index} />}
          {row.id && <p>Ask why: <Id id={row.id} /></p>}
        </div>
      )}
    </details>
  );
}

function Signed({ index }: { index: number }) {
  const asked = useAsk<{ bytes: string; leaf_hash: string; place?: string; signatures: { key: string; owner?: string | null; state: string }[] }>(`/api/ledger/entry/${index}`);
  return (
    <Answer of={asked}>
      {(e) => (
        <>
          {e.signatures.map((s) => <p>signature of <span class="mono">{s.key}</span>, {s.owner ? `a key of ${s.owner}` : "which nobody enrolled"} <Tag tone={s.state === "good" ? "good" : "bad"}>{s.state}</Tag></p>)}
          {e.place && <p class="note mono">{e.place}</p>}
          <pre tabIndex={0}>{e.bytes}</pre>
        </>
      )}
    </Answer>
  );
}

function Check({ checkpoint, vkey, root }: { checkpoint: string; vkey: string; root: string }) {
  const [said, set] = useState<string>();
  const run = async () => {
    try {
      const read = readCheckpoint(checkpoint);
      const state = await signedBy(checkpoint, vkey);
      set(read.root === root ? state : "bad");
    } catch (e) {
      set(e instanceof Error ? e.message : String(e));
    }
  };
  return (
    <p aria-live="polite">
      <button type="button" onClick={() => void run()}>Check the log's signature in this browser</button>{" "}
      {said && <Tag tone={said === "good" ? "good" : said === "bad" ? "bad" : "open"}>{said}</Tag>}
      {said === "good" && <span class="note"> by the key that came with the page; compare it once with one you were given another way</span>}
    </p>
  );
}

