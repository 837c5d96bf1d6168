// Material balances with their limits. What rests on nothing says so.
import type { PageProps } from "../App";
import { useAsk } from "../source";
import { Answer, Nothing, Section } from "../ui/bits";
import { ServerTable } from "../ui/Table";
import type { OverviewPage } from "../types";

export function Balance({ asOf, page }: PageProps) {
  const asked = useAsk<OverviewPage>("/api/overview", { as_of: asOf });
  const tables = page.tables.filter((t) => t.startsWith("balance"));
  return (
    <Answer of={asked}>
      {(o) => (
        <>
          {o.account_reports === 0 && <Nothing>No accountancy report (inventory change, physical inventory, material balance) is recorded up to this day, so no balance can be struck and no test can be run. Nothing follows from that about the material.</Nothing>}
          {o.account_reports > 0 && <p>MUF (material unaccounted for) of each area, period and category, as the reports state it. No measurement errors are given with the reports, so there is no limit to hold it against and no verdict. `lockstep balance` shows the lines behind every figure; `lockstep balance --series FILE` tests a series of balances against its errors.</p>}
          {o.account_reports > 0 && tables.map((t) => (
            <Section title={t.replaceAll("_", " ")}>
              <ServerTable name={t} caption={t.replaceAll("_", " ")} asOf={asOf} empty={<Nothing>Nothing of this is recorded.</Nothing>} />
            </Section>
          ))}
        </>
      )}
    </Answer>
  );
}
