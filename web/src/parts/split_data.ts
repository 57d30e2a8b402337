// A split as the API tells it, and its figures in words.
import { numberText, percentText, type Quantity } from "../numbers";
import type { Exposure, Split, SplitPart } from "../types";
import { called, joined, lang, named, t } from "../words";

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
export const nameOf = (page: Split, id: string): string =>
  (lang() === "zh" && page.names_zh[id]) || called(page.names[id] ?? id);

export function titleOf(page: Split, channels: readonly string[]): string {
  if (channels.length === 0) return t("split.by_themselves");
  return joined(channels.map((one) => nameOf(page, one) || t("split.all_channels")));
}

/** Why a verdict is what it is: in English as the engine says it. */
export const reasonOf = (one: SplitPart | Exposure): string =>
  lang() === "en" ? one.reason : named("split_why", one.code || one.verdict);

export function keptText(page: Split): string {
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
