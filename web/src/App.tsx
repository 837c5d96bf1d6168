// The frame: what case, which day, which page, and the drawer that answers why.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isDay } from "./dates";
import { go, href, useRoute } from "./route";
import { follow, useAsk } from "./source";
import type { CasePage } from "./types";
import { AsOf } from "./ui/AsOf";
import { Ask, Said, plural } from "./ui/bits";
import { say } from "./ui/copy";
import { Why } from "./ui/Why";
import { Access } from "./pages/Access";
import { Balance } from "./pages/Balance";
import { Board } from "./pages/Board";
import { Claims } from "./pages/Claims";
import { Field } from "./pages/Field";
import { Findings } from "./pages/Findings";
import { Folder } from "./pages/Folder";
import { Items } from "./pages/Items";
import { Ledger } from "./pages/Ledger";
import { MapPage } from "./pages/MapPage";
import { Method } from "./pages/Method";
import { Overview } from "./pages/Overview";
import { People } from "./pages/People";
import { Roadmap } from "./pages/Roadmap";

export interface PageProps {
  page: CasePage;
  asOf: string | undefined;
  params: URLSearchParams;
}

const PAGES: [name: string, title: string, page: ComponentType<PageProps>][] = [
  ["overview", "Overview", Overview],
  ["map", "Map", MapPage],
  ["findings", "Findings", Findings],
  ["claims", "Claims", Claims],
  ["balance", "Balance", Balance],
  ["roadmap", "Roadmap", Roadmap],
  ["access", "Access", Access],
  ["people", "People", People],
  ["field", "Field", Field],
  ["items", "Items", Items],
  ["board", "Board", Board],
  ["ledger", "Ledger", Ledger],
  ["folder", "Folder", Folder],
  ["method", "Method", Method],
];

export function App() {
  const route = useRoute();
  const wanted = route.params.get("as_of") ?? undefined;
  const asOf = wanted && isDay(wanted) ? wanted : undefined;
  const why = route.params.get("why") ?? undefined;
  const [grown, setGrown] = useState<number>();
  useEffect(() => follow((size) => {
    setGrown(size);
    say(`The ledger has grown to ${size} entries`);
  }), []);
  const asked = useAsk<CasePage>("/api/case", { as_of: asOf });
  const page = asked.data;
  useEffect(() => {
    if (page) document.title = `${page.title} – Lockstep`;
  }, [page?.title]);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, dialog")) return;
      const n = event.key === "0" ? 9 : Number(event.key) - 1;
      const name = PAGES[n]?.[0];
      if (name && /^\d$/.test(event.key)) {
        location.hash = href(name, asOf ? { as_of: asOf } : {});
        document.getElementById("page")?.focus();
      }
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [asOf]);
  if (!page) {
    return asked.error ? <main class="alone"><p class="fault" role="alert">The desk does not answer: {asked.error}</p></main> : <main class="alone"><p class="note">Reading the case…</p></main>;
  }
  const current = PAGES.find(([name]) => name === route.page) ?? PAGES[0]!;
  const link = (name: string) => (__REPORT__ ? `#${name}` : href(name, asOf ? { as_of: asOf } : {}));
  return (
    <Ask.Provider value={(id) => go({ why: id }, false)}>
      <a class="skip" href="#page" onClick={(e) => { e.preventDefault(); document.getElementById("page")?.focus(); }}>To the page</a>
      <header class="top">
        <div class="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true"><path d="M6 20h8v-6h8V8" /><path d="M10 25h8v-6h8v-6" class="second" /></svg>
          <span>Lockstep</span>
        </div>
        <h1><Said>{page.title}</Said></h1>
        {!__REPORT__ && <Theme />}
        <p class="basis">
          {page.ledger ? `${plural(page.ledger.size, "entry").replace("entrys", "entries")} in the ledger` : "not recorded: shown from the folder alone"}
          {grown !== undefined && " · just grown"} · {page.attested} attested, {page.attributed} attributed
          {page.from_memory > 0 && <> · <span class="warned">▲ {page.from_memory} from memory alone</span></>}
          {page.errors > 0 && <> · <a class="warned" href={link("folder")}>✕ {plural(page.errors, "error")} in the folder</a></>}
        </p>
      </header>
      {__REPORT__ ? <p class="day">As of {page.as_of}. Written by lockstep {page.version}.</p> : <AsOf page={page} asOf={asOf} />}
      <nav aria-label="Pages">
        {PAGES.map(([name, title], i) => (
          <a href={link(name)} aria-current={!__REPORT__ && name === current[0] ? "page" : undefined} aria-keyshortcuts={i < 10 ? String((i + 1) % 10) : undefined}>{title}</a>
        ))}
      </nav>
      {__REPORT__ ? (
        <main id="page" tabIndex={-1}>
          {PAGES.map(([name, title, Page]) => (
            <section class="sheet" id={name} aria-label={title}>
              {name !== "overview" && <h2 class="title">{title}</h2>}
              <Page page={page} asOf={undefined} params={route.params} />
            </section>
          ))}
        </main>
      ) : (
        <main id="page" tabIndex={-1} key={current[0]} data-page={current[0]}>
          {createPage(current[2], { page, asOf, params: route.params })}
        </main>
      )}
      <Why id={why} asOf={asOf} onClose={() => go({ why: undefined })} />
    </Ask.Provider>
  );
}

function createPage(Page: ComponentType<PageProps>, props: PageProps) {
  return <Page {...props} />;
}

function Theme() {
  const dark = () => document.documentElement.dataset.theme === "dark" ||
    (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const [is, set] = useState(dark());
  const change = () => {
    const next = dark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem("theme", next);
    } catch {
      // It lasts as long as the page then.
    }
    set(next === "dark");
    dispatchEvent(new Event("theme"));
  };
  return <button type="button" class="theme" aria-pressed={is} onClick={change}>{is ? "Light" : "Dark"}</button>;
}
