// On the ground: what was tested, items and their custody, and the three words complete, verifiable, irreversible.
import type { PageProps } from "../App";
import { useAsk } from "../source";
import { Answer, Nothing, Section, Tag } from "../ui/bits";
import { ServerTable } from "../ui/Table";
import { Parts } from "./Access";

interface Board {
  tests: { word: string; title: string; verdict: string; why: string }[];
  rests_on_nothing: string[];
}

export function Ground({ page, asOf }: PageProps) {
  return (
    <>
      <Words asOf={asOf} />
      <Parts page={page} asOf={asOf} parts={[
        ["coverage", "Declared sites and what has tested them", "No site is declared up to this day."],
        ["samples", "Samples", "No sample is recorded."],
        ["effort", "Effort in person-days", "No inspection is recorded, so no effort was spent that the record knows of."],
        ["items", "Items", "No item is declared."],
        ["classes", "Classes of items", "No item is declared."],
        ["item_problems", "Items: what does not fit", "No item is declared, or nothing about items contradicts."],
      ]} />
    </>
  );
}

function Words({ asOf }: { asOf: string | undefined }) {
  const asked = useAsk<Board>("/api/board", { as_of: asOf });
  return (
    <Answer of={asked}>
      {(b) => (
        <>
          <div class="grid">
            {(["complete", "verifiable", "irreversible"] as const).map((word) => (
              <Section title={word[0]?.toUpperCase() + word.slice(1)}>
                <ServerTable name={word} caption={word} asOf={asOf} empty={<Nothing>Nothing in the record bears on this word.</Nothing>} />
                {b.tests.filter((t) => t.word === word).map((t) => (
                  <p><Tag tone={t.verdict === "met" ? "good" : t.verdict === "not_met" ? "bad" : "open"}>{t.verdict.replaceAll("_", " ")}</Tag> {t.title} <span class="note">{t.why}</span></p>
                ))}
                {!b.tests.some((t) => t.word === word) && <Nothing>The parties have written no test for this word.</Nothing>}
              </Section>
            ))}
          </div>
          {b.rests_on_nothing.length > 0 && (
            <Section title="Rests on nothing">
              {b.rests_on_nothing.map((w) => <Nothing>{w}</Nothing>)}
            </Section>
          )}
        </>
      )}
    </Answer>
  );
}
