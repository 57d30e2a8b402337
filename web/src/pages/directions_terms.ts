// A term of a segment in words: its value with its interval, or why there is none.
import { intervalText, numberText } from "../numbers";
import type { Term } from "../types";
import { metricTitle, t } from "../words";

const SHARES = ["retention", "pressure"];

/** What is missing, with the metric's title: the detail names it by its id. */
function detailOf(detail: string): string {
  const few = /^(\d+) products? with (\w+)$/.exec(detail);
  if (!few) return metricTitle(detail);
  return t("missing.products", { n: Number(few[1]), metric: metricTitle(few[2] ?? "") });
}

export function termText(term: Term): string {
  if (term.missing) {
    const detail = detailOf(term.detail);
    return t("directions.cannot_tell", { why: t(`missing.${term.missing}`, { detail }) });
  }
  if (term.name === "growth") {
    const sign = (x: number | null) => (x === null ? "–" : `${x > 0 ? "+" : ""}${numberText(x)}`);
    const text = t("interval.between", { low: sign(term.lower), high: sign(term.upper) });
    return t("app.bracketed", { before: `${sign(term.value)} %`, text });
  }
  return intervalText(term, SHARES.includes(term.name) ? "percent" : "");
}
