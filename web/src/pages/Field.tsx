// Field: inspections, what they tested, the samples with their chain, the effort.
import type { PageProps } from "../App";
import { Parts } from "./Access";

export function Field({ page, asOf }: PageProps) {
  return (
    <Parts page={page} asOf={asOf} parts={[
      ["coverage", "Declared sites and what has tested them", "No site is declared up to this day."],
      ["inspections", "Inspections", "No inspection is recorded up to this day."],
      ["samples", "Samples with their chain", "No sample is recorded."],
      ["seals", "Seals and tags", "No seal is recorded."],
      ["effort", "Effort in person-days", "No inspection is recorded, so no effort was spent that the record knows of."],
    ]} />
  );
}
