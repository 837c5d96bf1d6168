// How the numbers were made, and what they rest on.
import type { PageProps } from "../App";
import { Section } from "../ui/bits";
import { Table } from "../ui/Table";

export function Method({ page }: PageProps) {
  return (
    <>
      <Section title="How it was assessed">
        {page.methods.map((m) => <p><strong>{m.part}:</strong> {m.words}</p>)}
        <p><strong>standing:</strong> a statement is attested when its party's own key signed it, attributed when the desk took it from a named source. Nothing in the file can claim to be attested; it follows from the signatures.</p>
        <p><strong>what is not known:</strong> no figure is not zero, not seen is not absent, and a result that rests on nothing says so. The same measures are applied to every party. The desk says what was promised, what was done and what was said of it.</p>
      </Section>
      <Section title="Sources" note={`${page.sources.length} cited, the most cited first`}>
        <Table caption="Sources" grid={{ columns: ["source", "records"], rows: page.sources.map((s) => [s.source, String(s.records)]) }} />
      </Section>
    </>
  );
}
