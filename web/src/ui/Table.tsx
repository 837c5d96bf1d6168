// A table that sorts, filters, pages, and can be copied. Two sorts: rows at hand, and rows the server keeps.
import { useMemo, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { type Grid, compare, csv } from "../csv";
import { useAsk, url } from "../source";
import type { TablePage } from "../types";
import { Answer, Id, Said, Tag, tone } from "./bits";
import { copy } from "./copy";

const ID = new Set([
  "id", "site", "step", "limit", "event", "observation_id", "entity", "request", "item", "sample", "transfer", "finding", "inspection", "seal", "row", "class", "about",
]);
const STATE = new Set(["verdict", "state", "timing"]);

function cell(column: string, text: string): ComponentChildren {
  if (text === "") return <span class="none">–</span>;
  if (ID.has(column)) return <Id id={text} />;
  if (STATE.has(column)) return <Tag tone={tone(text)}>{text.replaceAll("_", " ")}</Tag>;
  if (column === "observations") {
    return text.split(/,? /).map((part) => (/^[\w.-]+$/.test(part) && !part.endsWith("%") ? <><Id id={part} /> </> : <>{part} </>));
  }
  return <Said>{text}</Said>;
}

const numeric = (text: string) => /^-?[\d.]+( ?%)?$/.test(text);

interface Sort {
  column: string;
  descending: boolean;
}

function Rows(props: {
  caption: string;
  grid: Grid;
  sort: Sort | undefined;
  onSort: (column: string) => void;
  render?: ((column: string, text: string, row: string[]) => ComponentChildren | undefined) | undefined;
}) {
  const { columns, rows } = props.grid;
  // A column of numbers is set to the right, with its name.
  const right = columns.map((_, i) => rows.length > 0 && rows.every((r) => r[i] === "" || numeric(r[i] ?? "")) && rows.some((r) => r[i] !== ""));
  return (
    <div class="scroll" role="region" aria-label={props.caption} tabIndex={0}>
      <table>
        <caption class="hidden">{props.caption}</caption>
        <thead>
          <tr>
            {columns.map((c, i) => {
              const sorted = props.sort?.column === c;
              return (
                <th scope="col" class={right[i] ? "number" : undefined} aria-sort={sorted ? (props.sort?.descending ? "descending" : "ascending") : "none"}>
                  <button type="button" onClick={() => props.onSort(c)}>
                    {c.replaceAll("_", " ")}
                    <span aria-hidden="true">{sorted ? (props.sort?.descending ? " ↓" : " ↑") : ""}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map((c, i) => (
                <td class={right[i] ? "number" : undefined}>
                  {props.render?.(c, row[i] ?? "", row) ?? cell(c, row[i] ?? "")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const next = (sort: Sort | undefined, column: string): Sort | undefined =>
  sort?.column !== column ? { column, descending: false } : sort.descending ? undefined : { column, descending: true };

function Foot(props: { from: number; shown: number; matched: number; total: number; size: number; onPage: (from: number) => void }) {
  const { from, shown, matched, total, size } = props;
  const of = matched === total ? `${total.toLocaleString("en")}` : `${matched.toLocaleString("en")} kept of ${total.toLocaleString("en")}`;
  return (
    <div class="foot">
      <span role="status">{shown === 0 ? `no row, ${of}` : `${from + 1}–${from + shown} of ${of}`}</span>
      {matched > size && (
        <span class="pages">
          <button type="button" disabled={from === 0} onClick={() => props.onPage(Math.max(0, from - size))}>Earlier rows</button>
          <button type="button" disabled={from + size >= matched} onClick={() => props.onPage(from + size)}>Later rows</button>
        </span>
      )}
    </div>
  );
}

/** Rows at hand. */
export function Table(props: {
  caption: string;
  grid: Grid;
  size?: number;
  render?: (column: string, text: string, row: string[]) => ComponentChildren | undefined;
}) {
  const size = __REPORT__ ? 1e9 : (props.size ?? 50);
  const [sort, setSort] = useState<Sort>();
  const [q, setQ] = useState("");
  const [from, setFrom] = useState(0);
  const rows = useMemo(() => {
    const word = q.toLowerCase();
    const kept = props.grid.rows.filter((r) => word === "" || r.some((c) => c.toLowerCase().includes(word)));
    const at = sort ? props.grid.columns.indexOf(sort.column) : -1;
    if (at >= 0) {
      kept.sort((a, b) => {
        const [x, y] = [a[at] ?? "", b[at] ?? ""];
        const order = compare(x, y);
        return x === "" || y === "" ? order : sort?.descending ? -order : order;
      });
    }
    return kept;
  }, [props.grid, q, sort]);
  const page = { columns: props.grid.columns, rows: rows.slice(from, from + size) };
  return (
    <div class="table">
      <div class="tools">
        {props.grid.rows.length > 8 && (
          <input type="search" placeholder="Filter" aria-label={`Filter ${props.caption}`} value={q}
            onInput={(e) => { setQ(e.currentTarget.value); setFrom(0); }} />
        )}
        <button type="button" onClick={() => void copy(csv({ columns: props.grid.columns, rows }), "the table as CSV")}>Copy as CSV</button>
      </div>
      <Rows caption={props.caption} grid={page} sort={sort} onSort={(c) => setSort(next(sort, c))} render={props.render} />
      <Foot from={from} shown={page.rows.length} matched={rows.length} total={props.grid.rows.length} size={size} onPage={setFrom} />
    </div>
  );
}

/** Rows of a table that the server filters, sorts and pages. */
export function ServerTable(props: { name: string; caption: string; asOf: string | undefined; empty: ComponentChildren; only?: string }) {
  const size = 50;
  const [sort, setSort] = useState<Sort>();
  const [q, setQ] = useState("");
  const [from, setFrom] = useState(0);
  const path = `/api/tables/${props.name}`;
  const params = { as_of: props.asOf, q, only: props.only, sort: sort?.column, descending: sort?.descending, offset: from, limit: size };
  const asked = useAsk<TablePage>(path, params);
  if (__REPORT__) {
    return (
      <Answer of={asked}>
        {(t) => t.total === 0 ? props.empty : (
          <>
            <Table caption={props.caption} grid={t} />
            {t.total > t.rows.length && <p class="note">The first {t.rows.length} of {t.total} rows; the desk shows them all.</p>}
          </>
        )}
      </Answer>
    );
  }
  return (
    <Answer of={asked}>
      {(t) => t.total === 0 ? props.empty : (
        <div class="table">
          <div class="tools">
            <input type="search" placeholder="Filter" aria-label={`Filter ${props.caption}`} value={q}
              onInput={(e) => { setQ(e.currentTarget.value); setFrom(0); }} />
            <button type="button" onClick={async () => {
              const all = await fetch(url(path, { ...params, offset: undefined, limit: undefined, format: "csv" }));
              void copy(await all.text(), "all rows as CSV");
            }}>Copy as CSV</button>
          </div>
          <Rows caption={props.caption} grid={t} sort={sort} onSort={(c) => { setSort(next(sort, c)); setFrom(0); }} />
          <Foot from={from} shown={t.rows.length} matched={t.matched} total={t.total} size={size} onPage={setFrom} />
        </div>
      )}
    </Answer>
  );
}
