// The drawer behind every number: what it is, and the statements it rests on.
import { useEffect, useRef } from "preact/hooks";
import { useAsk } from "../source";
import type { Why as WhyPage } from "../types";
import { Answer, Said, Tag, tone } from "./bits";
import { Evidence } from "./Evidence";
import { Inclusion } from "./Inclusion";

export function Why({ id, asOf, onClose }: { id: string | undefined; asOf: string | undefined; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const d = dialog.current;
    if (!d) return;
    if (id !== undefined && !d.open) d.showModal();
    if (id === undefined && d.open) d.close();
  }, [id]);
  return (
    <dialog ref={dialog} class="why" aria-label={`Why ${id ?? ""}`} onClose={onClose}
      onClick={(e) => e.target === dialog.current && onClose()}>
      {id !== undefined && <Inside key={id} id={id} asOf={asOf} onClose={onClose} />}
    </dialog>
  );
}

function Inside({ id, asOf, onClose }: { id: string; asOf: string | undefined; onClose: () => void }) {
  const why = useAsk<WhyPage>(`/api/why/${encodeURIComponent(id)}`, { as_of: asOf });
  return (
    <div class="inside">
      <header>
        <h2>Why <span class="mono">{id}</span>?</h2>
        <button type="button" onClick={onClose} aria-label="Close">✕</button>
      </header>
      <Answer of={why}>
        {(w) => (
          <>
            <ul class="plain">
              {/* The evidence is drawn below; its bits need no second telling here. */}
              {w.what.map((line) => <li><Said>{line.split("\n")[0]}</Said></li>)}
            </ul>
            {w.evidence?.map((e) => <Evidence of={e} />)}
            <h3>It rests on {w.statements.length === 1 ? "one statement" : `${w.statements.length} statements`}</h3>
            {w.statements.map((s) => (
              <article class="statement">
                <p>
                  <strong>entry {s.index}</strong> <span class="mono">{s.kind}</span> <span class="mono">{s.id}</span>
                </p>
                <p>
                  word of <Said>{s.party}</Said>{s.said ? `, ${s.said}` : ""}{" "}
                  {s.standing && <Tag tone={s.standing === "attested" ? "good" : "plain"}>{s.standing}</Tag>}{" "}
                  {s.basis && <Tag tone={s.basis.includes("memory") ? "warn" : "plain"}>{s.basis}</Tag>}
                </p>
                {s.source && <p>Source: <Said>{s.source}</Said>{s.grade ? `, grade ${s.grade}` : ""}</p>}
                {s.note && <p>Note: <Said>{s.note}</Said></p>}
                {s.place && <p class="note mono">{s.place}</p>}
                {s.signatures.map((g) => (
                  <p>signature of <span class="mono">{g.key}</span> <Tag tone={tone(g.state)}>{g.state}</Tag></p>
                ))}
                {s.signatures.length === 0 && <p class="note">not recorded and not signed yet</p>}
                <details>
                  <summary>The words that were signed</summary>
                  <pre>{s.text}</pre>
                </details>
                {s.signatures.length > 0 && <Inclusion index={s.index} />}
              </article>
            ))}
          </>
        )}
      </Answer>
    </div>
  );
}
