// The words of the app at build time: its own, and those it shares with the command line and the
// report, so that a thing has one name everywhere.
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import type { Plugin } from "vite";

type Entry = { en: string; zh: string; one?: string };
type Groups = Record<string, Record<string, Entry>>;
type Metric = Record<string, string | string[]>;

const SOURCE = new URL("../src/howdah/", import.meta.url);
const OWN = new URL("./words.toml", import.meta.url);
const PHRASES = new URL("core/phrases.toml", SOURCE);
const REPORT = new URL("surfaces/reports/texts.toml", SOURCE);
const METRICS = new URL("core/metrics.toml", SOURCE);

// Groups of the others that pages show; own words of the same group are added to them.
const FROM_PHRASES = [
  "cause",
  "status",
  "interval",
  "said",
  "width",
  "suspect",
  "bearing",
  "account",
  "definition",
  "identity",
  "calibration",
  "later",
  "test",
  "bound",
];
const FROM_REPORT = [
  "kind",
  "modality",
  "sensitivity",
  "nature",
  "state",
  "cadence",
  "unit",
  "fault",
  "audience",
  "verdict",
  "check",
  "sentence",
  "against",
  "split",
  "split_verdict",
  "split_why",
  "split_meaning",
  "split_step",
  "split_lacking",
  "rhythm",
  "rhythms",
  "feature",
  "featured",
  "surety",
  "no_gaps",
  "decision",
  "standing",
  "brief",
];

const load = (url: URL): Groups => parse(readFileSync(url, "utf-8")) as unknown as Groups;

/** Every text: group, key, language. */
export function catalogue(): Groups {
  const [phrases, report] = [load(PHRASES), load(REPORT)];
  const groups: Groups = {};
  for (const name of FROM_PHRASES) groups[name] = { ...phrases[name] };
  for (const name of FROM_REPORT) groups[name] = { ...report[name] };
  groups.short_unit = { ...phrases.unit };
  for (const [name, entries] of Object.entries(load(OWN))) {
    groups[name] = { ...groups[name], ...entries };
  }
  return groups;
}

/** What pages need of every built-in metric. */
export function metrics(): Record<string, Metric> {
  const all = parse(readFileSync(METRICS, "utf-8")) as unknown as Record<string, Metric>;
  const kept = ["title", "title_zh", "scale", "shape", "better", "companions"];
  return Object.fromEntries(
    Object.entries(all).map(([id, metric]) => [
      id,
      Object.fromEntries(
        kept.filter((key) => key in metric).map((key) => [key, metric[key] ?? ""]),
      ),
    ]),
  );
}

/** Serves both as a module, `virtual:catalogue`. */
export function cataloguePlugin(): Plugin {
  const id = "virtual:catalogue";
  return {
    name: "catalogue",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(source) {
      if (source !== `\0${id}`) return undefined;
      for (const url of [OWN, PHRASES, REPORT, METRICS]) this.addWatchFile(url.pathname);
      return `export const words = ${JSON.stringify(catalogue())};
        export const metrics = ${JSON.stringify(metrics())};`;
    },
  };
}
