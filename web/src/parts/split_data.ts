// A split as the API tells it, and its figures in words.
import { numberText, percentText, type Quantity } from "../numbers";
import { joined, lang, named, t } from "../words";

export interface Told {
  metric: string;
  definition: string;
  source: string;
  first: string;
  last: string;
  claim_ids: string[];
}

export interface Channelled {
  channels: string[];
  verdict: string;
  reason: string;
  code: string;
  share: Quantity;
}

export interface Part extends Channelled {
  spend: number | null;
  currency: string;
  cost: Quantity | null;
  next_cost: Quantity | null;
  experiment: {
    n_pauses: number;
    n_periods: number;
    detectable: number;
    detectable_share: number;
    power: number;
  } | null;
  claim_ids: string[];
}

export interface Exposure extends Channelled {
  owner: string;
  is_rival: boolean;
  rivals: string[];
  lately: Quantity;
}

export interface Voice {
  meaning: string;
  channel: string;
  share: number;
  n_advertisers: number;
  told: Told;
}

export interface Step {
  kind: string;
  figure: Quantity;
  missing: string;
}

export interface SplitData {
  entity: { canonical_id: string; name: string };
  text: string;
  is_simulated: boolean;
  prob: number;
  missing: string;
  outcome: Told | null;
  is_proxy: boolean;
  spend: Told[];
  n_periods: number;
  rhythm: string;
  parts: Part[];
  base: Part | null;
  together: Part[];
  course: { period: string; outcome: number | null; bought: Quantity; earned: Quantity }[];
  survival: [string, Quantity][];
  kept: { bought: Quantity | null; earned: Quantity | null; n: number; missing: string } | null;
  kept_day: number;
  kept_source: string;
  stops: {
    channel: string;
    day: string;
    change: Quantity;
    n_before: number;
    n_after: number;
    claim_ids: string[];
  }[];
  exposures: Exposure[];
  voices: Voice[];
  funnel: Step[];
  names: Record<string, string>;
  names_zh: Record<string, string>;
}

export function spannedText(q: Quantity, text: (x: number) => string): string {
  if (q.value === null) {
    if (q.upper === null) return t("split.cannot_tell");
    const high = text(q.upper);
    return q.lower
      ? t("split.from_to", { low: text(q.lower), high })
      : t("split.at_most", { high });
  }
  const [low, high] = [q.lower, q.upper].map((x) => (x === null ? "∞" : text(x)));
  return t("split.figure", { value: text(q.value), low: low ?? "", high: high ?? "" });
}

export const shareText = (q: Quantity): string => spannedText(q, (x) => percentText(x));

export const amountText = (q: Quantity | null): string =>
  q === null ? "" : spannedText(q, (x) => numberText(x));

/** A name of the page in the language in force. */
export const nameOf = (page: SplitData, id: string): string =>
  (lang() === "zh" && page.names_zh[id]) || page.names[id] || id;

export function titleOf(page: SplitData, channels: readonly string[]): string {
  if (channels.length === 0) return t("split.by_themselves");
  return joined(channels.map((one) => nameOf(page, one) || t("split.all_channels")));
}

/** Why a verdict is what it is: in English as the engine says it. */
export const reasonOf = (one: Channelled): string =>
  lang() === "en" ? one.reason : named("split_why", one.code || one.verdict);

export function keptText(page: SplitData): string {
  const { kept } = page;
  if (!kept) return t("split.no_panel");
  if (!kept.bought || !kept.earned) {
    return t("split.kept_not_told", { why: named("split_lacking", kept.missing) });
  }
  return t("split.kept", {
    day: page.kept_day,
    bought: shareText(kept.bought),
    earned: shareText(kept.earned),
    source: page.kept_source,
    n: kept.n,
  });
}
