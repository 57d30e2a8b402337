// Segments by size, growth and retention. What is counted by another definition has a map of its
// own, since two definitions never share an axis.

import { segmentTitle, useMarket } from "../market";
import { termText } from "../pages/directions_terms";
import type { DirectionsData, Market, Term } from "../types";
import { joined, lang, metricTitle, named, t } from "../words";
import { Chart } from "./chart";
import { openTrail } from "./figure";
import { Table } from "./page";
import { mapOption, type Spot } from "./segment_map_option";

const NEEDED = ["size", "growth"] as const;

interface Found {
  /** By metric, definition and unit. */
  maps: Map<string, Spot[]>;
  missing: { title: string; why: string[] }[];
}

const hasValue = (term: Term | undefined): term is Term =>
  term !== undefined && !term.missing && term.value !== null;

const termLine = (name: string, text: string): string => t("map.term", { name, text });

function spotsOf(data: DirectionsData, market: Market | null): Found {
  const found: Found = { maps: new Map(), missing: [] };
  for (const [segment, terms] of Object.entries(data.real.table)) {
    const title = segmentTitle(market, segment);
    const { size, growth, retention } = terms;
    if (!hasValue(size) || !hasValue(growth)) {
      // What both lack for the same reason is said once.
      const lacking = new Map<string, string[]>();
      for (const name of NEEDED) {
        const term = terms[name];
        if (!term || hasValue(term)) continue;
        const text = termText(term);
        lacking.set(text, [...(lacking.get(text) ?? []), named("term", name)]);
      }
      const why = [...lacking].map(([text, names]) => termLine(joined(names), text));
      found.missing.push({ title, why });
      continue;
    }
    const spot = {
      segment,
      title,
      size,
      growth,
      retention: hasValue(retention) ? retention : null,
      text: [size, growth, ...(retention ? [retention] : [])]
        .map((term) => termLine(named("term", term.name), termText(term)))
        .reduce((text, line) => `${text}\n${line}`, title),
    };
    const key = size.key.slice(0, 3).join(" ");
    found.maps.set(key, [...(found.maps.get(key) ?? []), spot]);
  }
  return found;
}

const countedBy = (term: Term): string =>
  joined([metricTitle(term.key[0] ?? ""), term.key[1] ?? ""].filter(Boolean));

export function SegmentMap({ data }: { data: DirectionsData }) {
  const market = useMarket();
  const { maps, missing } = spotsOf(data, market);
  return (
    <>
      {maps.size === 0 && <p>{t("map.none")}</p>}
      <div class="maps">
        {[...maps].map(([key, spots]) => (
          <OneMap key={key} spots={spots} />
        ))}
      </div>
      {maps.size > 0 && <p class="small soft">{t("map.signs")}</p>}
      {maps.size > 0 && (
        <details>
          <summary>{t("app.figures")}</summary>
          <Figures spots={[...maps.values()].flat()} />
        </details>
      )}
      {missing.length > 0 && (
        <>
          <h3>{t("map.missing")}</h3>
          <dl class="pairs">
            {missing.map(({ title, why }) => [
              <dt key={title}>{title}</dt>,
              <dd key={`${title} why`}>{why.join(lang() === "zh" ? "；" : "; ")}</dd>,
            ])}
          </dl>
        </>
      )}
    </>
  );
}

function OneMap({ spots }: { spots: Spot[] }) {
  const by = spots[0] ? countedBy(spots[0].size) : "";
  return (
    <figure>
      <figcaption class="small soft">{by}</figcaption>
      <Chart
        option={() => mapOption(spots, named("term", "size"), named("term", "growth"))}
        label={t("map.label", { by, names: joined(spots.map((spot) => spot.title)) })}
        onClick={openTrail}
      />
    </figure>
  );
}

function Figures({ spots }: { spots: Spot[] }) {
  return (
    <Table
      caption={t("map.title")}
      rows={spots}
      keyOf={(spot) => spot.segment}
      columns={[
        { name: t("directions.segment"), cell: (spot) => spot.title },
        { name: named("term", "size"), cell: (spot) => termText(spot.size) },
        { name: named("term", "growth"), cell: (spot) => termText(spot.growth) },
        {
          name: named("term", "retention"),
          isLong: true,
          cell: (spot) => (spot.retention ? termText(spot.retention) : t("map.unknown")),
        },
        { name: t("directions.counted_by"), cell: (spot) => countedBy(spot.size) },
        { name: t("entity.period"), cell: (spot) => spot.size.at ?? "" },
      ]}
    />
  );
}
