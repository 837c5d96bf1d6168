// The board: the three words complete, verifiable, irreversible, and the parties' own tests. There is no score.
import type { PageProps } from "../App";
import { useAsk } from "../source";
import { Answer, Id, Nothing, Section, Tag } from "../ui/bits";
import { ServerTable } from "../ui/Table";

interface Words {
  tests: { id: string; word: string; title: string; verdict: string; why: string }[];
  rests_on_nothing: string[];
}

const WORDS = [
  ["complete", "Complete", "is everything declared?", [["open_findings", "Open findings, the likeliest first"], ["balance_verdicts", "Material balances"]]],
  ["verifiable", "Verifiable", "can it be checked, class by class?", []],
  ["irreversible", "Irreversible", "how hard would it be to go back?", []],
] as const;

export function Board({ page, asOf }: PageProps) {
  const asked = useAsk<Words>("/api/board", { as_of: asOf });
  return (
    <Answer of={asked}>
      {(b) => (
        <>
          {WORDS.map(([word, title, question, more]) => (
            <Section title={title} note={question}>
              {b.tests.filter((t) => t.word === word).map((t) => (
                <p>
                  <Tag tone={t.verdict === "met" ? "good" : t.verdict === "not_met" ? "bad" : "open"}>{t.verdict.replaceAll("_", " ")}</Tag> {t.title} <span class="note">{t.why} </span>
                  <Id id={t.id}>why</Id>
                </p>
              ))}
              {!b.tests.some((t) => t.word === word) && <Nothing>The parties have written no test for this word.</Nothing>}
              <ServerTable name={word} caption={title} asOf={asOf} empty={<Nothing>Nothing in the record bears on this word.</Nothing>} />
              {more.filter(([name]) => page.tables.includes(name)).map(([name, caption]) => (
                <>
                  <h3>{caption}</h3>
                  <ServerTable name={name} caption={caption} asOf={asOf} empty={<Nothing>None is recorded.</Nothing>} />
                </>
              ))}
            </Section>
          ))}
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
