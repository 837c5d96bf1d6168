// The answers of the API that pages read. /api/openapi.json describes them all.

export interface LedgerHead {
  origin: string;
  size: number;
  root: string;
  checkpoint: string;
  key: string;
  signers: string[];
}

export interface CasePage {
  id: string;
  title: string;
  as_of: string;
  today: string;
  first?: string;
  last?: string;
  days: { on: string; what: string }[];
  ledger: LedgerHead | null;
  attested: number;
  attributed: number;
  from_memory: number;
  rejected: number;
  unknown: number;
  errors: number;
  warnings: number;
  parts: string[];
  tables: string[];
  version: string;
  methods: { part: string; words: string }[];
  sources: { source: string; records: number }[];
}

export interface StepLine {
  id: string;
  title: string;
  parties: string[];
  due: string;
  state: string;
  timing: string;
}

export interface Waterfall {
  question: string;
  probability: number;
  low?: number;
  high?: number;
  bits: number;
  fields: { field: string; bits: number; low?: number; high?: number; words: string }[];
}

export interface Finding {
  id: string;
  kind: string;
  title: string;
  words: string[];
  rank?: number;
  evidence?: Waterfall[];
  would_change?: string[];
  request?: string;
  about?: string[];
  basis?: string;
  because: number[];
}

export interface KindCount {
  kind: string;
  number: number;
}

export interface FindingsPage {
  kinds: KindCount[];
  matched: number;
  rows: Finding[];
}

export interface EntryLine {
  index: number;
  kind: string;
  id: string;
  party: string;
  said?: string;
  standing?: string;
  rejected?: string;
}

export interface OverviewPage {
  due_soon: StepLine[];
  overdue: StepLine[];
  next: StepLine[];
  steps: { all: number; claimed: number; verified: number; reversed: number; closed: number } | null;
  silent_since?: string;
  sites: {
    declared: number;
    seen: number;
    not_seen: number;
    contested: number;
    undeclared: number;
    observations: number;
    untested: number;
  };
  findings: Finding[];
  kinds: KindCount[];
  seals: {
    id: string;
    party: string;
    scope: string;
    counts: string[];
    opened: number;
    absent: number;
    challenged: number;
    unanswered: number;
  }[];
  recent: EntryLine[];
  access_open: number;
  access: number;
  account_reports: number;
  items: number;
}

export interface Feature {
  id: string;
  kind: "declared" | "observed" | "named";
  name: string;
  category: string;
  status?: string;
  lat: number;
  lon: number;
  precision_m?: number;
  by_name?: string;
  on?: string;
  day?: string;
  verdict: string;
  readings?: string[];
  basis?: string;
}

export interface MapData {
  features: Feature[];
  links: { observation: string; site: string; probability: number }[];
  without_point: { id: string; kind: string; name: string; place: string }[];
}

export interface Figure {
  id: string;
  what: string;
  figure: string;
  low?: string;
  high?: string;
  stated_by: string;
  stated_on?: string;
  as_of?: string;
  standing: string;
  basis?: string;
}

export interface FigureGroup {
  kind: string;
  material: string;
  unit: string;
  figures: Figure[];
  disagreements: { low: string; high: string; gap: string }[];
}

/** All figures of one material in one unit, whatever each counts. */
export interface Quantity {
  material: string;
  unit: string;
  figures: { id: string; kind: string; figure: string; low?: string; high?: string }[];
  seeming: { low: string; high: string; because_of: string[] }[];
}

export interface StepStatus {
  id: string;
  title: string;
  parties: string[];
  part_of?: string;
  outside_text?: boolean;
  state: string;
  timeliness: string;
  due?: string;
  due_now?: string;
  actual?: string;
  or_before?: boolean;
  slip_days?: number;
  slip_days_most?: number;
  overdue_days?: number;
  waiting_for?: string[];
  suspended?: boolean;
  said?: string[];
  basis?: string;
}

export interface RoadmapStatus {
  title: string;
  as_of: string;
  last_fact?: string;
  steps: StepStatus[];
  events: { id: string; category: string; on?: string; parties: string[]; what: string }[];
  [part: string]: unknown;
}

export interface RoadmapPage {
  status: RoadmapStatus | null;
  after: [string, string][];
  in_step_with: [string, string][];
}

/** 10, 50 and 90 of 100 runs; null beyond any calendar. */
export type Days = [string | null, string | null, string | null];

export interface FlowPoint {
  on: string;
  received: number;
  fulfilled: number;
  verified: number;
}

export interface PartyDelays {
  party: string;
  flows: { benefits: number; obligations: number; received: number; fulfilled: number; verified: number; ahead_days: number; curve: FlowPoint[] };
  [part: string]: unknown;
}

export interface ForesightPage {
  forecast: {
    as_of: string;
    runs: number;
    steps: { step: string; days: Days; by_due?: number; critical: number; drawn_from: string }[];
    whole?: { days: Days; due?: string; by_due?: number };
    in_time: { reference: { share: number; known: number }; kept: number; of: number; chance: number };
    reference: { promises: number; agreements: string[] };
    method: string;
  } | null;
  promises: { parties: PartyDelays[]; method: string } | null;
}

export interface TablePage {
  name: string;
  columns: string[];
  rows: string[][];
  matched: number;
  total: number;
}

export interface Why {
  id: string;
  what: string[];
  evidence?: Waterfall[];
  statements: {
    index: number;
    id: string;
    kind: string;
    party: string;
    standing?: string | null;
    source?: string | null;
    grade?: string | null;
    basis?: string | null;
    said?: string | null;
    note?: string | null;
    place?: string | null;
    signatures: { key: string; state: string }[];
    text: string;
  }[];
}

export interface Mistake {
  code: string;
  severity: string;
  file: string;
  line: number;
  column: number;
  message: string;
  help?: string;
  drawn?: string;
}

export interface BalancePoint {
  first: string;
  last: string;
  muf: number;
  sigma_muf?: number;
  limit?: number;
  cumuf?: number;
  sigma_cumuf?: number;
  itmuf?: number;
  sitmuf?: number;
  page?: number;
  gemuf?: number;
}

export interface BalanceRun {
  mba: string;
  material: string;
  measured: string;
  unit: string;
  words: string;
  no_sigma?: string;
  balances: BalancePoint[];
  limits?: { alpha: number; cumuf: number; sitmuf: number; page: number; gemuf: number };
  alarms: string[];
  goal?: number;
  goal_source?: string;
  detection: { pattern: string; loss: number[]; cumuf: number; sitmuf: number; page: number; gemuf: number; best: number }[];
  budget: { stratum: string; random: number; systematic: number; sigma_if_halved?: number; detection_if_halved?: number }[];
  sources: string[];
  rests_on: string[];
}

export interface BalancesPage {
  reports: number;
  errors: number;
  warnings: number;
  runs: BalanceRun[];
  convention: string;
  method?: string;
}
