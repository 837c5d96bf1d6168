// Small things every page uses.
import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { createContext } from "preact";
import type { Asked } from "../source";
import { holds } from "../source";

export const Ask = createContext<(id: string) => void>(() => {});

/** An id that can be asked why. */
export function Id({ id, children }: { id: string; children?: ComponentChildren }) {
  const why = useContext(Ask);
  if (!holds(`/api/why/${id}`)) return <span class="id">{children ?? id}</span>;
  return (
    <button type="button" class="id" title={`Why ${id}? Its statements and sources`} onClick={() => why(id)}>
      {children ?? id}
    </button>
  );
}

/** Text from the record, in whatever script it is. */
export function Said({ children }: { children: ComponentChildren }) {
  return <bdi>{children}</bdi>;
}

export function Section(props: {
  title: string;
  note?: ComponentChildren;
  children: ComponentChildren;
  class?: string;
  id?: string;
}) {
  return (
    <section class={`card ${props.class ?? ""}`} id={props.id}>
      <header>
        <h2>{props.title}</h2>
        {props.note && <p class="note">{props.note}</p>}
      </header>
      {props.children}
    </section>
  );
}

/** What a page says when the case holds nothing for it. Never a zero, never green. */
export function Nothing({ children }: { children: ComponentChildren }) {
  return (
    <p class="nothing">
      <span aria-hidden="true">○</span> {children}
    </p>
  );
}

/** Shows an answer, or that it is on its way, or why there is none. */
export function Answer<T>({ of, children }: { of: Asked<T>; children: (data: T) => ComponentChildren }) {
  if (of.data !== undefined) {
    return (
      <div class={of.loading ? "stale" : undefined} aria-busy={of.loading}>
        {children(of.data)}
      </div>
    );
  }
  if (of.error) return <p class="fault" role="alert">{of.error}</p>;
  return <p class="note" aria-busy="true">Reading the case…</p>;
}

const WORDS: Record<string, string> = {
  seen_not_declared: "seen, not declared",
  contested: "contested",
  limit_exceeded: "limit exceeded",
  overdue: "overdue",
  figures_disagree: "figures disagree",
  disputed: "disputed",
  attribute_differs: "differs from declaration",
  point_misplaced: "point misplaced",
  declared_not_seen: "declared, not seen",
  statement_rejected: "statement rejected",
};

export const words = (name: string) => WORDS[name] ?? name.replaceAll("_", " ");

/** A tag: a mark as well as a colour, so that neither is needed alone. */
export function Tag({ tone, children }: { tone: "good" | "warn" | "bad" | "open" | "plain"; children: ComponentChildren }) {
  const mark = { good: "✓", warn: "▲", bad: "✕", open: "○", plain: "·" }[tone];
  return (
    <span class={`tag ${tone}`}>
      <span aria-hidden="true">{mark}</span> {children}
    </span>
  );
}

/** The tone of words for a state. Only what was certified is good. */
export function tone(text: string): "good" | "warn" | "bad" | "open" | "plain" {
  if (/\bnot verified|no observation|untested|not seen\b/.test(text)) return "open";
  if (/^(verified|good|attested|confirmed|within)/.test(text)) return "good";
  if (/overdue|exceeded|refused|bad|failed|not completed/.test(text)) return "bad";
  if (/late|contested|disputed|reversed|suspended|misplaced|differs|seen, not declared/.test(text)) return "warn";
  return "plain";
}

export const plural = (n: number, what: string) => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
