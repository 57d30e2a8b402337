// A number with the interval that its standard error gives.
import { intervalText } from "../numbers";
import type { Measure } from "../types";
import { t } from "../words";

/** Shares come as parts of one. */
const inPercent = (x: number | null): number | null => (x === null ? null : 100 * x);

/** A measure with its interval, or that too few units are behind it. */
export function measureText(of: Omit<Measure, "n_raw" | "cell_id">, unit = ""): string {
  if (of.suppressed || of.value === null) return t("audience.suppressed");
  if (unit === "percent") {
    const { value, lower, upper } = of;
    const shares = { value: inPercent(value), lower: inPercent(lower), upper: inPercent(upper) };
    return intervalText(shares, "percent");
  }
  return intervalText(of, unit);
}
