// Words of the app in the language of the address.
import { metrics, words } from "virtual:catalogue";

export type Lang = "en" | "zh";

let current: Lang = "en";

/** The language of the address, else the one chosen last, else the browser's. */
export function chooseLang(query: URLSearchParams): Lang {
  const asked = query.get("lang") ?? localStorage.getItem("lang") ?? navigator.language;
  current = asked.startsWith("zh") ? "zh" : "en";
  if (query.has("lang")) localStorage.setItem("lang", current);
  document.documentElement.lang = current === "zh" ? "zh-Hans" : "en";
  return current;
}

export const lang = (): Lang => current;

type Metric = (typeof metrics)[string];

type Values = Record<string, string | number>;

/** A template with its values filled in; `{n:,}` groups the digits of a number. */
export function filled(template: string, values: Values): string {
  return template.replace(/\{(\w+)(:,)?\}/g, (whole, name: string, grouped) => {
    const value = values[name];
    if (value === undefined) return whole;
    return grouped && typeof value === "number" ? value.toLocaleString("en") : String(value);
  });
}

/** The text of `group.key`. English counts of one have a text of their own where it differs. */
export function t(key: string, values: Values = {}): string {
  const dot = key.indexOf(".");
  const entry = words[key.slice(0, dot)]?.[key.slice(dot + 1)];
  if (!entry) return key;
  const isOne = current === "en" && values.n === 1;
  return filled(isOne ? (entry.one ?? entry.en) : entry[current], values);
}

/** The name of a value of a closed list; the value itself when it is a user's own. */
export function named(group: string, value: string): string {
  return words[group]?.[value]?.[current] ?? value.replaceAll("_", " ");
}

let chineseNames: Readonly<Record<string, string>> = {};

/** What readers of Chinese call those whom answers name otherwise. */
export function learnNames(found: readonly { name: string; name_zh: string }[]): void {
  chineseNames = Object.fromEntries(found.map((one) => [one.name, one.name_zh]));
}

/** An entity's name for readers of this language. */
export const called = (name: string): string => (current === "zh" && chineseNames[name]) || name;

export const metricTitle = (id: string): string => {
  const metric = metrics[id];
  if (!metric) return id.replaceAll("_", " ");
  return current === "zh" ? metric.title_zh : metric.title;
};

/** A market's own metrics beside the built-in ones. */
export function learnMetrics(found: readonly (Metric & { id: string })[]): void {
  for (const metric of found) metrics[metric.id] = metric;
}

/** A condition that came in English, in this language where the catalogue knows it. */
export function sentence(text: string): string {
  if (current === "en" || !text) return text;
  return text.split("; ").map(translated).join("；");
}

function translated(text: string): string {
  for (const entry of Object.values(words.sentence ?? {})) {
    const names = [...entry.en.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const parts = entry.en
      .split(/\{\w+\}/)
      .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"));
    const found = new RegExp(`^${parts.join("(.+)")}$`).exec(text);
    if (!found) continue;
    const values = names.map((name, n) => [name, named("fault", found[n + 1] ?? "")] as const);
    return filled(entry.zh, Object.fromEntries(values));
  }
  return text;
}

export const metricOf = (id: string) => metrics[id];

/** A period's label; its one word is translated, and a span has its ends apart. */
export function periodText(label: string): string {
  if (label === "not stated") return t("entity.undated");
  const [first = "", last] = label.split("..");
  return last === undefined ? first : t("app.span", { first, last });
}

/** Several texts in a row. */
export const joined = (texts: readonly string[]): string =>
  texts.join(current === "zh" ? "、" : ", ");
