// A league table of any length: places with the bands in which they cannot be told apart.
import { useMemo, useState } from "preact/hooks";
import { fetchAnswer, useApi } from "../api";
import { go, linkHere, linkTo } from "../location";
import { titleOf, useMarket } from "../market";
import { endsText, percentText } from "../numbers";
import { openTrail } from "../parts/figure";
import { Answered } from "../parts/page";
import { axisOf, Grid, MOST_PRINTED } from "../parts/places_grid";
import { PlacesOrder, type Sort } from "../parts/places_order";
import type { Answers, League, LeagueColumns, LeagueData, LeagueRow, LeagueTable } from "../types";
import { called, metricTitle, named, periodText, t } from "../words";

const MOST_CHOSEN = 6;
/** Rows of a page of the API, with all that is known of them; the others come as short columns. */
const FIRST = 100;
const MOST = 20_000;

export default function LeagueRoute({ query }: { query: URLSearchParams }) {
  const market = useMarket();
  const asOf = query.get("as_of");
  const leagues = useApi<Answers["leagues"]>("/leagues", { as_of: asOf });
  const metrics = leagues.answer?.data.metrics.map((one) => one.metric) ?? [];
  const followed = market?.segments.find((one) => one.is_followed);
  const segment = query.get("segment") ?? (query.has("metric") ? "" : (followed?.id ?? ""));
  const headline = market?.segments.find((one) => one.id === segment)?.headline;
  const metric = query.get("metric") ?? headline ?? metrics[0] ?? "";
  const path = metric ? `/leagues/${encodeURIComponent(metric)}` : null;
  const asked = {
    segment,
    definition: query.get("definition"),
    unit: query.get("unit"),
    period: query.get("period"),
    as_of: asOf,
  };
  const league = useApi<Answers["league"]>(path, asked);
  const isLong = (league.answer?.data.n_places ?? 0) > FIRST;
  // The rest of a long table is asked for once somebody scrolls, sorts or filters.
  const table = JSON.stringify([path, asked]);
  const [wanted, setWanted] = useState("");
  const isWanted = isLong && wanted === table;
  const long = useApi<Answers["league"]>(isWanted ? path : null, {
    ...asked,
    layout: "columns",
    limit: MOST,
  });
  const all = isWanted ? (long.answer?.data.columns ?? null) : null;
  const short = league.answer?.data;
  // A trail that is opened draws the page again, and its thousands of rows are the same.
  const whole = useMemo(() => short && withRest(short, all), [short, all]);
  const choose = (changes: Record<string, string | null>) =>
    go(linkHere({ metric, segment, definition: null, unit: null, period: null, ...changes }));
  return (
    <>
      <div class="title">
        <h1>{t("league.of", { metric: metricTitle(metric) })}</h1>
      </div>
      <div class="row">
        <label class="field">
          <span>{t("league.metric")}</span>
          <select
            value={metric}
            onChange={(event) => choose({ metric: event.currentTarget.value })}
          >
            {[...new Set([metric, ...metrics])].map((id) => (
              <option key={id} value={id}>
                {metricTitle(id)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t("league.segment")}</span>
          <select
            value={segment}
            onChange={(event) => choose({ segment: event.currentTarget.value })}
          >
            <option value="">{t("league.everyone")}</option>
            {(market?.segments ?? []).map((one) => (
              <option key={one.id} value={one.id}>
                {titleOf(one)}
              </option>
            ))}
          </select>
        </label>
        {league.answer && <Tables of={league.answer.data} choose={choose} />}
      </div>
      <Answered of={league}>
        {() => whole && <Places of={whole} asked={asked} wantAll={() => setWanted(table)} />}
      </Answered>
    </>
  );
}

interface TablesProps {
  of: LeagueData;
  choose: (changes: Record<string, string | null>) => void;
}

/** The metric's other tables; they are never mixed. */
function Tables({ of, choose }: TablesProps) {
  const own = { ...of, n_entities: of.n_places + of.n_unplaced };
  const every = [own, ...of.others];
  const textOf = (one: LeagueTable) =>
    t("league.option", {
      definition: one.definition || t("definition.unstated"),
      unit: one.currency || named("unit", one.unit),
      period: periodText(one.period),
      n: one.n_entities,
    });
  return (
    <label class="field">
      <span>{t("league.table")}</span>
      <select
        value="0"
        onChange={(event) => {
          const chosen = every[Number(event.currentTarget.value)];
          if (chosen) {
            choose({ definition: chosen.definition, unit: chosen.currency || chosen.unit });
          }
        }}
      >
        {every.map((one, n) => (
          <option key={textOf(one)} value={n}>
            {textOf(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

type Asked = Record<string, string | null>;

/** The first rows as they are, and behind them those that only columns tell of. */
function withRest(of: LeagueData, all: LeagueColumns | null): League {
  const shown = of.places ?? [];
  const first = shown[0]?.estimate;
  if (!all || !first) return { ...of, places: shown };
  const known = new Map(shown.map((row) => [row.place, row]));
  const places = all.place.map(
    (place, n): LeagueRow =>
      known.get(place) ?? {
        place,
        band: [all.band_first[n] ?? place, all.band_last[n] ?? place],
        estimate: {
          ...first,
          estimate_id: null,
          entity: all.entity[n] ?? "",
          name: all.name[n] ?? "",
          value: all.value[n] ?? null,
          lower: all.lower[n] ?? null,
          upper: all.upper[n] ?? null,
          n_claims: all.n_claims[n] ?? 0,
          n_sources: all.n_sources[n] ?? 0,
        },
        p_first: all.p_first[n] ?? 0,
        share: all.share[n] == null ? null : [all.share[n] ?? 0],
        object: all.object[n] ?? "",
        spark: null,
      },
  );
  return { ...of, places };
}

/** Opens the trail of a row, whose id is asked for where only columns tell of it. */
async function openRow({ estimate: of, object }: LeagueRow, asked: Asked): Promise<void> {
  if (of.estimate_id) return openTrail(of.estimate_id);
  const { metric, definition, currency, unit } = of;
  const path = `/entities/${encodeURIComponent(of.entity)}/series`;
  const query = {
    metric,
    definition,
    unit: currency || unit,
    party: object,
    as_of: asked.as_of,
  };
  const { data } = await fetchAnswer<Answers["series"]>(path, query);
  const found = data.series.estimates.find((e) => e.period === of.period);
  if (found) openTrail(found.estimate_id);
}

interface PlacesProps {
  of: League;
  asked: Asked;
  wantAll: () => void;
}

function Places({ of, asked, wantAll }: PlacesProps) {
  const [filter, setFilter] = useState("");
  const [by, setBy] = useState<Sort>("place");
  const [isDown, setIsDown] = useState(false);
  const [chosen, setChosen] = useState<string[]>([]);
  const order = useMemo(() => new PlacesOrder(of.places), [of]);
  const rows = useMemo(() => order.chosen(filter, by, isDown), [order, filter, by, isDown]);
  const n = filter ? rows.length : of.n_places;
  const printed = Math.min(rows.length, MOST_PRINTED);
  const at = useMemo(() => axisOf(of.places, of.metric), [of]);
  const prob = of.places[0]?.estimate.prob ?? 0.9;
  if (of.places.length === 0 && of.unplaced.length === 0) {
    return <p>{t("league.none", { metric: metricTitle(of.metric) })}</p>;
  }
  const toggle = (id: string) =>
    setChosen((now) =>
      now.includes(id) ? now.filter((one) => one !== id) : [...now, id].slice(-MOST_CHOSEN),
    );
  const sortBy = (name: Sort) => {
    wantAll();
    setIsDown(name === by && !isDown);
    setBy(name);
  };
  return (
    <>
      <div class="row">
        <input
          type="search"
          aria-label={t("league.filter")}
          placeholder={t("league.filter")}
          value={filter}
          onInput={(event) => {
            wantAll();
            setFilter(event.currentTarget.value);
          }}
        />
        <span class="soft small" role="status">
          {t("league.rows", { n: filter ? rows.length : of.n_places })}
        </span>
        <ExportLink of={of} asOf={asked.as_of ?? null} />
        {chosen.length > 1 && (
          <a class="button first" href={linkTo("/compare", { entity: chosen })}>
            {t("league.compare", { n: chosen.length })}
          </a>
        )}
      </div>
      <Grid
        rows={rows}
        n={n}
        onScroll={wantAll}
        at={at}
        chosen={chosen}
        toggle={toggle}
        by={by}
        isDown={isDown}
        sortBy={sortBy}
        title={`${metricTitle(of.metric)}, ${periodText(of.period)}`}
        open={(row) => void openRow(row, asked)}
      />
      {n > printed && <p class="printed small">{t("league.printed", { n: printed, total: n })}</p>}
      <p class="small soft">
        {t("league.note", { prob: percentText(prob) })} {periodText(of.period)} ·{" "}
        {of.definition || t("definition.unstated")} · {of.currency || named("unit", of.unit)}
      </p>
      {of.newer && (
        <p class="small soft">{t("league.newer", { period: periodText(of.newer.period) })}</p>
      )}
      {of.n_suspect > 0 && <p class="small soft">{t("league.suspects", { n: of.n_suspect })}</p>}
      {of.unplaced.length > 0 && (
        <details>
          <summary>{t("league.unplaced", { n: of.n_unplaced })}</summary>
          <ul class="small">
            {of.unplaced.map((e) => (
              <li key={e.estimate_id}>
                <a href={linkTo("/entity", { id: e.entity })}>{called(e.name)}</a>:{" "}
                <button type="button" class="figure" onClick={() => openTrail(e.estimate_id)}>
                  {endsText(e, e.unit, e.currency)}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** The same table as a file, from the API; licence terms are enforced there. */
function ExportLink({ of, asOf }: { of: League; asOf: string | null }) {
  const query = new URLSearchParams({
    segment: of.segment,
    definition: of.definition,
    unit: of.currency || of.unit,
    limit: String(MOST),
    format: "csv",
    ...(asOf ? { as_of: asOf } : {}),
  });
  for (const [key, value] of [...query]) if (!value) query.delete(key);
  const name = `${of.metric}-${of.segment || "all"}-${of.period}.csv`;
  return (
    <a class="button" href={`/api/v1/leagues/${of.metric}?${query}`} download={name}>
      {t("app.export")}
    </a>
  );
}
