// Numbers as people write them: the rules of howdah.core.phrases, which texts of the API follow too.
import { lang, named, t } from "./words";

const SCALES = {
  en: [
    [1e12, 1e12, "tn"],
    [1e9, 1e9, "bn"],
    [1e6, 1e6, "M"],
    [1e4, 1e3, "k"],
  ],
  zh: [
    [1e12, 1e12, "万亿"],
    [1e8, 1e8, "亿"],
    [1e4, 1e4, "万"],
  ],
} as const;

const PLAIN_UNITS = ["people", "device", "login_account", "star", "fork", "package_download"];
const EXACT_UNITS = ["rank", "elo"];

export interface Quantity {
  value: number | null;
  lower: number | null;
  upper: number | null;
}

// Made once: a locale that is named anew with every number costs ten times the writing.
const GROUPED = new Intl.NumberFormat("en");

function trimmed(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return Math.abs(value) >= 100 ? GROUPED.format(rounded) : String(rounded);
}

function short(value: number, unit = ""): string {
  if (value === 0) return "0";
  if (EXACT_UNITS.includes(unit)) return GROUPED.format(Math.round(value));
  for (const [size, divisor, suffix] of SCALES[lang()]) {
    if (Math.abs(value) >= size) return `${trimmed(value / divisor)}${suffix}`;
  }
  return trimmed(value);
}

/** A number with three digits, the language's own powers, and its unit. */
export function numberText(value: number | null, unit = "", currency = ""): string {
  if (value === null) return "–";
  const number = short(value, unit);
  if (currency) return `${currency} ${number}`;
  const name = unit === "" || unit === "currency" ? "" : named("short_unit", unit);
  if (PLAIN_UNITS.includes(unit) || !name) return number;
  return lang() === "en" || unit === "percent" ? `${number} ${name}` : `${number}${name}`;
}

/** The ends of an interval: "3M to 8M"; a bound where an end is open. */
export function endsText({ lower, upper }: Quantity, unit = "", currency = ""): string {
  const [low, high] = [numberText(lower, unit, currency), numberText(upper, unit, currency)];
  if (lower === null && upper === null) return t("interval.open");
  if (lower === null) return t("interval.under", { high });
  if (upper === null) return t("interval.over", { low });
  return low === high
    ? low
    : t("interval.between", { low: short(lower, unit), high: short(upper, unit) });
}

/** A value with its interval; a bound or a span where there is no value. */
export function intervalText(q: Quantity, unit = "", currency = ""): string {
  if (q.value === null) {
    if (q.lower === null || q.upper === null) return endsText(q, unit, currency);
    const [low, high] = [numberText(q.lower, unit, currency), numberText(q.upper, unit, currency)];
    return low === high ? low : t("interval.between", { low, high });
  }
  const value = numberText(q.value, unit, currency);
  if (q.lower === q.value && q.upper === null) return t("interval.tally", { value });
  if (q.lower === null && q.upper === null) return value;
  const low = q.lower === null ? "–" : short(q.lower, unit);
  const high = q.upper === null ? "–" : short(q.upper, unit);
  if (low === high && high === short(q.value, unit)) return value;
  return t("interval.point", { value, low, high });
}

export const countText = (n: number): string => GROUPED.format(n);

export const percentText = (share: number, digits = 0): string =>
  `${(100 * share).toFixed(digits)}%`;

export const factorText = (value: number | null): string => {
  if (value === null) return "–";
  const text = String(Number(value.toPrecision(3)));
  return lang() === "en" ? `${text}×` : `${text}倍`;
};

export const dayOf = (text: string | null): string => (text ? text.slice(0, 10) : "–");

const DAY = 86_400_000;
export const dayNumber = (iso: string): number => Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY);
export const isoDay = (number: number): string => new Date(number * DAY).toISOString().slice(0, 10);
