// Access: what was asked, where each request stands, which clock runs, and what became of it.
import type { PageProps } from "../App";
import { Nothing, Section } from "../ui/bits";
import { ServerTable } from "../ui/Table";

export const Parts = ({ parts, page, asOf }: { parts: [name: string, title: string, empty: string][]; page: PageProps["page"]; asOf: string | undefined }) => (
  <>
    {parts.filter(([name]) => page.tables.includes(name)).map(([name, title, empty]) => (
      <Section title={title}>
        <ServerTable name={name} caption={title} asOf={asOf} empty={<Nothing>{empty}</Nothing>} />
      </Section>
    ))}
  </>
);

export function Access({ page, asOf }: PageProps) {
  return (
    <Parts page={page} asOf={asOf} parts={[
      ["access", "Requests", "No access request is recorded up to this day."],
      ["clocks", "Clocks", "No clock of a request runs or has run."],
      ["passages", "How each came to where it stands", "No request has moved."],
      ["interviews", "Interviews", "No interview is recorded."],
      ["texts", "Agreed texts", "No agreed text is recorded."],
    ]} />
  );
}
