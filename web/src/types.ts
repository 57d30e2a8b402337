// The records of the API that pages show, as howdah.market.pages has them.

export interface Meta {
  as_of: string;
  time_basis: "replayed" | "recorded" | null;
  version: string;
  vintages?: string[];
  n_vintages?: number;
  late_feeds?: { feed: string; last_published: string; days_late: number }[];
  ended_feeds?: { feed: string; last_published: string }[];
  later_feeds?: { feed: string; first_recorded: string }[];
}

export interface Estimate {
  estimate_id: string;
  entity: string;
  name: string;
  metric: string;
  definition: string;
  unit: string;
  currency: string;
  period: string;
  valid_from: string | null;
  valid_to: string | null;
  value: number | null;
  lower: number | null;
  upper: number | null;
  prob: number;
  status: "point" | "bound" | "contested";
  n_claims: number;
  n_sources: number;
  sources: string[];
  claim_ids: string[];
  calibration: string;
  note: string;
  method: string;
}

export interface Statement {
  claim_id: string;
  source: string;
  publication: string;
  metric: string;
  definition: string;
  unit: string;
  currency: string;
  period: string;
  value: number | null;
  low: number | null;
  high: number | null;
  comparator: string;
  modality: string;
  object: string;
  sensitivity: string;
  published_at: string | null;
  suspect: boolean;
  reason: string;
  factor: number | null;
  verdict: string;
  note: string;
  stderr: number | null;
  cited: boolean;
}

/** How past findings of a class did; `text` and `parts` say it in the language asked for. */
export interface Track {
  state: "scored" | "too few" | "not scorable" | "not asked";
  n: number;
  n_cases: number;
  rate: number | null;
  lower: number | null;
  upper: number | null;
  base_rate: number | null;
  false_alarms: number | null;
  /** What counts as right, by the name of its phrase. */
  test: string;
  origins: string[];
  /** How the class did beside comparable others, and the same in words; null where nothing tells. */
  standing: "better" | "no_better" | "worse" | null;
  standing_text: string;
  text: string;
  parts: string[];
}

/** What became of past candidates of the same list that were told odds alike; `text` says it. */
export interface Odds {
  low?: number;
  high?: number;
  record?: { n: number; rate: number | null; lower: number | null; upper: number | null };
  text: string;
}

/** A past finding of the same class, and what became of it. */
export interface Analogue {
  entity: string;
  name: string;
  metric: string;
  as_of: string;
  text: string;
}

export interface Finding {
  finding_id: string;
  kind: string;
  entity: string;
  name: string;
  metric: string;
  segment: string;
  period: string;
  value: number | null;
  lower: number | null;
  upper: number | null;
  prob: number;
  measure: string;
  probability: number | null;
  n: number;
  cause: "market" | "measurement" | "cannot tell";
  cause_reason: string;
  valid_from?: string | null;
  valid_to?: string | null;
  claim_ids: string[];
  vintages: string[];
  record: Track;
  analogues: Analogue[];
  /** What speaks for a candidate and what to be wary of, in the language asked for. */
  reasons: string[];
  caveats: string[];
  params?: Record<string, string | number | null>;
  text: string;
  consequence: string;
  next_step: string;
  size?: string;
  sure?: string;
  based_on?: string;
  when?: string;
}

export interface Entity {
  canonical_id: string;
  name: string;
  type: string;
  parent: string;
  aliases: string[];
  referents: { scheme: string; value: string }[];
}

export interface Growth {
  start: string;
  end: string;
  value: number | null;
  lower: number | null;
  upper: number | null;
}

export interface Restatement {
  source: string;
  period: string;
  first: number;
  final: number;
  first_published: string;
  last_published: string;
}

export interface Series {
  metric: string;
  definition: string;
  unit: string;
  currency: string;
  estimates: Estimate[];
  statements: Statement[];
  growth: Growth[];
  revised: Restatement[];
  later: { every: string; until: string; min_n: number } | null;
}

export interface Against {
  kind: "denied" | "told" | "figure" | "sum";
  who: string;
  quote: string;
  rule: string;
  figures: string;
  low: number | null;
  high: number | null;
}

export interface Passage {
  passage_id: string;
  claim_id: string;
  before: string;
  quote: string;
  after: string;
  value_start: number | null;
  value_end: number | null;
  start: number;
  end: number;
  place: string;
  link: string;
  title: string;
  publication: string;
  published_at: string;
  lang: string;
  feed: string;
  entity: string;
  name: string;
  kind: string;
  metric: string;
  value: number | null;
  low: number | null;
  high: number | null;
  comparator: string;
  unit: string;
  currency: string;
  object: string;
  period: [string | null, string | null];
  precision: string;
  modality: string;
  source: string;
  confidence: number;
  outcome: string;
  judgement: string;
  judged_by: string;
  note: string;
  stranger: string;
  told_by: string[];
  against: Against[];
}

/** A figure computed from others, beside the one that is stated; ends of both. */
export interface IdentityCheck {
  identity: string;
  counterparty: string;
  is_planned: boolean;
  currency: string;
  period: string;
  computed: [number, number];
  stated: [number, number];
  agrees: boolean;
  claim_ids: string[];
}

export interface EntityPage {
  entity: Entity;
  series: Series[];
  implied: Estimate[];
  apart: Statement[];
  events: Statement[];
  checks: IdentityCheck[];
  related: { entity: Entity; path: string[]; series: Series[] }[];
  not_stated: string[];
  others: Entity[];
  n_related: number;
  owner: string;
  audiences: Audience[];
  passages: Passage[];
  n_waiting: number;
}

export interface Measure {
  value: number | null;
  lower: number | null;
  upper: number | null;
  n_raw: number | null;
  suppressed: boolean;
}

export interface Audience {
  feed: string;
  title: string;
  source: string;
  product: string;
  unit: string;
  is_simulated: boolean;
  is_census: boolean;
  prob: number;
  min_n: number;
  n_units: number;
  population: number;
  population_unit: string;
  first_seen: string;
  last_day: string;
  levels: Record<string, { day: string; measure: Measure }>;
  users: { day: string; measure: Measure }[];
  retention: { n_day: number; measure: Measure; n_months: number }[];
  survival: {
    n_day: number;
    value: number;
    lower: number | null;
    upper: number | null;
    is_extrapolated: boolean;
  }[];
  verdict: string;
  growth: {
    day: string;
    new: Measure;
    retained: Measure;
    resurrected: Measure;
    churned: Measure;
  }[];
  power_on: string | null;
  power: Measure[];
  overlap_on: string | null;
  overlaps: { product: string; measure: Measure; lift: number | null }[];
  flows_on: string | null;
  left_to: { product: string; measure: Measure }[];
  came_from: { product: string; measure: Measure }[];
  n_hidden_flows: number;
}

export interface LeagueRow {
  place: number;
  band: [number, number];
  /** Of a long table's later rows the id is not known until it is asked for. */
  estimate: Omit<Estimate, "estimate_id"> & { estimate_id: string | null };
  p_first: number;
  share: number[] | null;
  spark: (number | null)[] | null;
}

export interface LeagueTable {
  definition: string;
  unit: string;
  currency: string;
  period: string;
  n_entities: number;
}

export interface League {
  metric: string;
  definition: string;
  unit: string;
  currency: string;
  period: string;
  segment: string;
  places: LeagueRow[];
  unplaced: Estimate[];
  n_unplaced: number;
  n_places: number;
  spark_periods: string[];
  others: LeagueTable[];
  newer: LeagueTable | null;
  n_suspect: number;
}

/** The same places as columns of short numbers. */
export interface LeagueColumns {
  place: number[];
  band_first: number[];
  band_last: number[];
  entity: string[];
  name: string[];
  value: (number | null)[];
  lower: (number | null)[];
  upper: (number | null)[];
  n_claims: number[];
  n_sources: number[];
  p_first: number[];
  share: (number | null)[];
}

export interface FeedReport {
  feed: string;
  title: string;
  state: string;
  n_rows: number;
  n_rows_read: number;
  n_claims: number;
  n_quarantined: number;
  n_mended: number;
  last_success: string | null;
  last_published_at: string | null;
  cadence: string;
  days_late: number | null;
  licence: string;
  attribution: string;
  may_export: boolean;
  cost: number;
  cost_currency: string;
  renews_on: string | null;
  coverage: number | null;
  error: string;
}

export interface TrailClaim {
  statement: Statement;
  entity: string;
  feed: string;
  licence: string;
  attribution: string;
  recorded_at: string;
  replayed: boolean;
  raw: string;
  row: number;
  raw_text: string;
  place: string;
  revisions: Statement[];
  logs: [string, string][];
  passages: Passage[];
  withdrawn_at: string | null;
}

export interface Trail {
  id: string;
  kind: string;
  finding: Finding | null;
  estimates: Estimate[];
  claims: TrailClaim[];
  n_claims: number;
  passages: Passage[];
  notes: string[];
}
