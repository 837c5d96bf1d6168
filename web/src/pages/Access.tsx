// Access: what was asked, where each request stands, which clock runs, and what became of it.
import { useEffect, useState } from "preact/hooks";
import type { PageProps } from "../App";
import { useAsk } from "../source";
import { Answer, Id, Nothing, Section, Tag } from "../ui/bits";
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
    <>
      <Running page={page} asOf={asOf} />
      <Parts page={page} asOf={asOf} parts={[
        ["access", "Requests", "No access request is recorded up to this day."],
        ["clocks", "Clocks", "No clock of a request runs or has run."],
        ["passages", "How each came to where it stands", "No request has moved."],
        ["days_used", "Days used, the same measure for every side", "No day was used on a request."],
        ["texts", "Agreed texts", "No agreed text is recorded."],
      ]} />
    </>
  );
}

interface Request {
  request: string;
  clocks: { clock: string; holder: string; state: string; due?: string; due_latest?: string; basis: string }[];
}

/** What is left of each clock that runs: by the clock on the wall, or on another day to its end. */
function Running({ page, asOf }: { page: PageProps["page"]; asOf: string | undefined }) {
  const asked = useAsk<Request[]>("/api/assessment/access", { as_of: asOf });
  const still = __REPORT__ || asOf !== undefined;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (still) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [still]);
  const at = still ? Date.parse(`${page.as_of}T23:59:59Z`) : now;
  return (
    <Section title="Clocks that run" note={still ? `as the day ${page.as_of} ends, UTC` : "to the second"}>
      <Answer of={asked}>
        {(requests) => {
          const running = requests.flatMap((r) => r.clocks.filter((c) => c.state === "running" && c.due).map((c) => ({ ...c, request: r.request })));
          if (running.length === 0) return <Nothing>No clock of a request runs.</Nothing>;
          running.sort((a, b) => Date.parse(a.due!) - Date.parse(b.due!));
          return (
            <ul class="clocks">
              {running.map((c) => (
                <li>
                  <strong class="left">{left(Date.parse(c.due_latest ?? c.due!) - at)}</strong> {c.clock} of <Id id={c.request} />, for {c.holder} to act by {c.due}
                  {c.due_latest && <> or, the dates being coarse, {c.due_latest}</>} {c.basis === "memory" && <Tag tone="warn">from memory, check</Tag>}
                </li>
              ))}
            </ul>
          );
        }}
      </Answer>
    </Section>
  );
}

function left(ms: number): string {
  if (ms < 0) return "run out";
  const s = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${Math.floor(s / 86400)} d ${two(Math.floor(s / 3600) % 24)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}
