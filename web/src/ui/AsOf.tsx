// The day that the whole desk shows, and the days on which something happened.
import { useEffect, useRef, useState } from "preact/hooks";
import { DAY, isDay, iso, span } from "../dates";
import { go } from "../route";
import type { CasePage } from "../types";

export function AsOf({ page, asOf }: { page: CasePage; asOf: string | undefined }) {
  const shown = asOf ?? page.as_of;
  const [text, setText] = useState(shown);
  const timer = useRef(0);
  useEffect(() => setText(shown), [shown]);
  const move = (day: string, wait = 0) => {
    setText(day);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => isDay(day) && go({ as_of: day === page.today ? undefined : day }), wait);
  };
  const today = span(page.today)?.[0] ?? 0;
  const first = Math.min(span(page.first)?.[0] ?? today, today) - 30 * DAY;
  const marks = page.days.map((d) => ({ ...d, at: span(d.on)?.[0] ?? 0 })).filter((d) => d.at <= today);
  const now = span(isDay(text) ? text : shown)?.[0] ?? today;
  const before = marks.findLast((m) => m.at < now);
  const after = marks.find((m) => m.at > now);
  const here = marks.find((m) => m.at === now);
  const years: number[] = [];
  const [y0, y1] = [new Date(first).getUTCFullYear() + 1, new Date(today).getUTCFullYear()];
  const every = Math.max(1, Math.ceil((y1 - y0) / 8));
  for (let y = Math.ceil(y0 / every) * every; y <= y1; y += every) years.push(y);
  const x = (at: number) => ((at - first) / Math.max(DAY, today - first)) * 1000;
  return (
    <div class="asof" role="group" aria-label="The day shown">
      <label>
        As of
        <input type="date" value={text} max={page.today} onInput={(e) => move(e.currentTarget.value, 250)} />
      </label>
      <button type="button" disabled={!before} title={before ? `${before.on}: ${before.what}` : ""} onClick={() => before && move(before.on)} aria-label="Earlier day on which something happened">◂</button>
      <button type="button" disabled={!after} title={after ? `${after.on}: ${after.what}` : ""} onClick={() => after && move(after.on)} aria-label="Later day on which something happened">▸</button>
      <button type="button" disabled={asOf === undefined || asOf === page.today} onClick={() => move(page.today)}>Today</button>
      <div class="strip">
        <svg viewBox="0 0 1000 26" preserveAspectRatio="none" aria-hidden="true">
          {marks.map((m) => <line x1={x(m.at)} x2={x(m.at)} y1="4" y2="13" class={m.what.includes("declared") ? "strong" : ""} />)}
        </svg>
        <div class="years" aria-hidden="true">
          {years.map((y) => <YearMark at={x(Date.UTC(y, 0, 1)) / 10} year={y} />)}
        </div>
        <input type="range" min={Math.floor(first / DAY)} max={Math.floor(today / DAY)} step={1} value={Math.floor(now / DAY)}
          aria-label="Move through history" aria-valuetext={iso(now)}
          onInput={(e) => move(iso(Number(e.currentTarget.value) * DAY), 60)} />
      </div>
      {here && <p class="note here">{here.what}</p>}
    </div>
  );
}

function YearMark({ at, year }: { at: number; year: number }) {
  return at < 0 || at > 97 ? null : <span style={{ left: `${at}%` }}>{year}</span>;
}
