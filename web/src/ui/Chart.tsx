// Every picture: drawn with Observable Plot, with its data as a table beside it, as SVG to save and as CSV to copy.
import { useEffect, useRef, useState } from "preact/hooks";
import type * as PlotModule from "@observablehq/plot";
import { type Grid, csv } from "../csv";
import { copy, save } from "./copy";
import { Table } from "./Table";

export type Plot = typeof PlotModule;

let loaded: Plot | undefined;

/** Width of A4 between its margins, in CSS pixels. */
const PAPER = 680;

/** Colours that stay apart for every common colour vision (Okabe and Ito); they are read from the style sheet. */
export function colours(): Record<"blue" | "orange" | "green" | "sky" | "purple" | "red" | "ink" | "faint" | "line" | "paper" | "sea", string> {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    blue: get("c-blue"), orange: get("c-orange"), green: get("c-green"), sky: get("c-sky"), purple: get("c-purple"),
    red: get("c-red"), ink: get("ink"), faint: get("faint"), line: get("line"), paper: get("paper"), sea: get("sea"),
  };
}

export function Chart(props: {
  title: string;
  /** Units, what the marks mean, and how uncertainty is shown. */
  caption: string;
  grid: Grid;
  make: (plot: Plot, width: number) => Element;
  name: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [table, setTable] = useState(false);
  const make = useRef(props.make);
  make.current = props.make;
  useEffect(() => {
    const holder = box.current;
    if (!holder) return;
    let gone = false;
    let width = 0;
    const drawAt = (at: number) => {
      if (gone || at === 0 || !loaded) return;
      const drawn = make.current(loaded, at);
      // The policy allows no inline style element; the style sheet holds what Plot would put there.
      for (const style of drawn.querySelectorAll("style")) style.remove();
      const svg = drawn.matches("svg") ? drawn : drawn.querySelector("svg");
      // The picture has one name; groups inside an image have none of their own.
      for (const group of drawn.querySelectorAll("g[aria-label], g[aria-description]")) {
        group.removeAttribute("aria-label");
        group.removeAttribute("aria-description");
      }
      svg?.setAttribute("role", "img");
      svg?.setAttribute("aria-label", `${props.title}. ${props.caption}`);
      holder.replaceChildren(drawn);
    };
    const draw = async () => {
      loaded ??= await import("@observablehq/plot");
      drawAt(width);
    };
    // Paper is narrower than a screen, and letters must not shrink with the picture.
    const paper = () => width > PAPER && drawAt(PAPER);
    const screen = () => drawAt(width);
    addEventListener("beforeprint", paper);
    addEventListener("afterprint", screen);
    const sized = new ResizeObserver(([entry]) => {
      const now = Math.floor(entry?.contentRect.width ?? 0);
      if (now !== width && now > 0) {
        width = now;
        void draw();
      }
    });
    sized.observe(holder);
    const theme = () => void draw();
    addEventListener("theme", theme);
    return () => {
      gone = true;
      sized.disconnect();
      removeEventListener("theme", theme);
      removeEventListener("beforeprint", paper);
      removeEventListener("afterprint", screen);
    };
  }, [props.grid, table]);
  return (
    <figure class="chart">
      <figcaption>
        <strong>{props.title}</strong>
        <span class="note">{props.caption}</span>
      </figcaption>
      {table ? <Table caption={props.title} grid={props.grid} /> : <div ref={box} class="drawing" />}
      <div class="tools">
        <button type="button" aria-pressed={table} onClick={() => setTable(!table)}>{table ? "Picture" : "Table"}</button>
        {!table && (
          <button type="button" onClick={() => {
            const svg = box.current?.querySelector("svg");
            if (svg) save(standalone(svg), "image/svg+xml", `${props.name}.svg`);
          }}>Save SVG</button>
        )}
        {!table && <button type="button" onClick={() => void copy(csv(props.grid), "its data as CSV")}>Copy as CSV</button>}
      </div>
    </figure>
  );
}

/** The picture with its own style, for another program. */
function standalone(svg: SVGSVGElement): string {
  const copied = svg.cloneNode(true) as SVGSVGElement;
  copied.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copied.setAttribute("color", colours().ink);
  copied.setAttribute("font-family", "system-ui, sans-serif");
  copied.setAttribute("font-size", "11");
  return new XMLSerializer().serializeToString(copied);
}

/** A text cut to what fits, for a label. */
export function short(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
}
