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
          {o.account_reports > 0 && tables.length === 0 && <Nothing>{o.account_reports} accountancy reports are recorded; this version strikes no balance from the ledger. `lockstep balance --series FILE` tests a series of balances.</Nothing>}
          {tables.map((t) => (
            <Section title={t.replaceAll("_", " ")}>
              <ServerTable name={t} caption={t.replaceAll("_", " ")} asOf={asOf} empty={<Nothing>Nothing of this is recorded.</Nothing>} />
            </Section>
          ))}
        </>
      )}
    </Answer>
  );
}
