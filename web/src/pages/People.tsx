// People: whom one side asked to speak with, on what terms, what came of it. Pseudonyms alone; no page holds an identity.
import type { PageProps } from "../App";
import { useAsk } from "../source";
import { Answer, Nothing, Section } from "../ui/bits";
import { Parts } from "./Access";

interface Interviews {
  asked: number;
  accepted: number;
  declined: number;
  unanswered: number;
  held: number;
  held_in_private: number;
  interrupted: number;
  delay_days?: [number, number];
}

export function People({ page, asOf }: PageProps) {
  const asked = useAsk<Interviews>("/api/assessment/interviews", { as_of: asOf });
  return (
    <>
      <Section title="Interviews">
        <Answer of={asked}>
          {(i) => i.asked === 0 ? <Nothing>No interview is asked for up to this day.</Nothing> : (
            <p>
              {i.asked} asked, {i.accepted} accepted, {i.declined} declined, {i.unanswered} unanswered; {i.held} held to the end ({i.held_in_private} in private), {i.interrupted} broken off.
              {i.delay_days && <> {i.delay_days[0]} to {i.delay_days[1]} days from request to interview.</>}
            </p>
          )}
        </Answer>
      </Section>
      <Parts page={page} asOf={asOf} parts={[
        ["interview_terms", "Terms, each on its own", "No term of an interview is asked for."],
        ["interview_coverage", "Roles at each site", "No person is declared and nobody is asked for."],
        ["interviews", "Requests", "No interview is recorded."],
      ]} />
    </>
  );
}
