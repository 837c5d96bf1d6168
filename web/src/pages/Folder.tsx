// What is wrong with the case folder, drawn where it stands.
import { useAsk } from "../source";
import type { Mistake } from "../types";
import { Answer, Nothing, Tag } from "../ui/bits";

export function Folder() {
  const asked = useAsk<Mistake[]>("/api/mistakes");
  return (
    <Answer of={asked}>
      {(all) => all.length === 0 ? <p>The folder has no mistake that this program can see.</p> : (
        <>
          <p class="note">Rows with errors are left out; everything else is shown. The terminal shows the same: lockstep check</p>
          {all.slice(0, 300).map((m) => (
            <article class="mistake">
              <p><Tag tone={m.severity === "error" ? "bad" : m.severity === "warning" ? "warn" : "plain"}>{m.severity} {m.code}</Tag> <span class="mono">{m.file}{m.line > 0 ? `:${m.line}:${m.column}` : ""}</span></p>
              {m.drawn ? <pre tabIndex={0}>{m.drawn}</pre> : <p>{m.message}{m.help && <span class="note"> {m.help}</span>}</p>}
            </article>
          ))}
          {all.length > 300 && <Nothing>{all.length - 300} more; lockstep check --format csv lists them all</Nothing>}
        </>
      )}
    </Answer>
  );
}
