// Recomputes, in this browser, that an entry is in the log.
import { useState } from "preact/hooks";
import { ask, holds } from "../source";
import { type Proof, type Verified, verify } from "../verify";
import { Tag } from "./bits";

export function Inclusion({ index }: { index: number }) {
  const [state, set] = useState<{ done?: Verified; proof?: Proof; fault?: string; busy?: boolean }>({});
  if (!holds(`/api/ledger/proof/${index}`)) return null;
  const run = async () => {
    set({ busy: true });
    try {
      if (!crypto.subtle) throw new Error("this page is not a secure context, so the browser offers no hashing");
      const proof = await ask<Proof>(`/api/ledger/proof/${index}`);
      set({ proof, done: await verify(proof) });
    } catch (e) {
      set({ fault: e instanceof Error ? e.message : String(e) });
    }
  };
  const { done, proof } = state;
  return (
    <div class="inclusion" aria-live="polite">
      <button type="button" disabled={state.busy ?? false} onClick={() => void run()}>Check in this browser that entry {index} is in the log</button>
      {state.fault && <p class="fault">{state.fault}</p>}
      {done && proof && (
        <ul class="plain">
          <li>
            <Tag tone={done.included ? "good" : "bad"}>{done.included ? "included" : "not included"}</Tag>{" "}
            {done.included
              ? `its bytes and ${proof.hashes.length} hashes lead to the root of the checkpoint over ${proof.size} entries`
              : done.fault}
          </li>
          <li>
            <Tag tone={done.signature === "good" ? "good" : done.signature === "bad" ? "bad" : "open"}>{done.signature}</Tag>{" "}
            signature of the log over that checkpoint, by the key below
          </li>
          <li class="mono">leaf {done.leaf}</li>
          <li class="mono">root {done.root}</li>
          <li class="note">
            The key came with the page: compare it once with one you were given another way.
            <span class="mono"> {proof.key}</span>
          </li>
        </ul>
      )}
    </div>
  );
}
