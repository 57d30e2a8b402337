// What to build: segments by what speaks for them, their record, and where giants are.
import { useApi } from "../api";
import { go, linkHere, linkTo } from "../location";
import { segmentTitle, titleOf, useMarket } from "../market";
import { intervalText, numberText } from "../numbers";
import { openTrail } from "../parts/figure";
import { Answered, Table } from "../parts/page";
import { joined, metricTitle, named, t } from "../words";
import { type DirectionsData, type Part, PlacesTable, type Term } from "./directions_table";

interface RecordData {
  record: {
    n: number;
    n_needed: number;
    n_blocks: number;
    dates: string[];
    ways: {
      way: string;
      correlation: { value: number; lower: number; upper: number };
      first: number;
    }[];
  };
}

interface Evidence {
  entity: string;
  last: string | null;
  source: string;
  claim_ids: string[];
}

interface Entry {
  giant: string;
  segment: string;
  evidence: Evidence;
  products: string[];
  exits: { entity: string; day: string }[];
}

interface EntryData {
  segment: string;
  outcomes: {
    entry: Entry;
    incumbents: { evidence: Evidence; lead_months: number | null; fate: string }[];
    missing: string;
  }[];
  giants: string[];
  segments: string[];
  entries: Entry[];
  names: Record<string, string>;
}

const SHARES = ["retention", "pressure"];

export default function Directions({ query }: { query: URLSearchParams }) {
  const asOf = query.get("as_of");
  const page = useApi<DirectionsData>("/directions", { as_of: asOf });
  return (
    <>
      <h1>{t("directions.title")}</h1>
      <p class="soft">{t("directions.lead")}</p>
      <Answered of={page}>
        {(data) => (
          <>
            <PartSection part={data.real} />
            <RecordSection asOf={asOf} />
            <EntrySection asOf={asOf} segment={query.get("segment")} />
            {Object.keys(data.simulated.table).length > 0 && (
              <>
                <h2>{t("directions.simulated")}</h2>
                <PartSection part={data.simulated} />
              </>
            )}
          </>
        )}
      </Answered>
    </>
  );
}

function PartSection({ part }: { part: Part }) {
  const market = useMarket();
  return (
    <>
      {part.groups.length === 0 && <p class="notice">{t("directions.none")}</p>}
      {part.groups.map((group, n) => (
        <section key={group.map((place) => place.segment).join(" ")}>
          {part.groups.length > 1 && <h3>{t("directions.group", { n: n + 1 })}</h3>}
          <PlacesTable part={part} group={group} />
        </section>
      ))}
      {part.groups.length > 0 && part.unplaced.length > 0 && (
        <p class="small soft">
          {t("directions.unplaced", {
            names: joined(part.unplaced.map((id) => segmentTitle(market, id))),
          })}
        </p>
      )}
      <h2 class="lead">{t("directions.terms")}</h2>
      {Object.entries(part.table).map(([segment, terms]) => (
        <details key={segment} open={Object.values(terms).some((term) => !term.missing)}>
          <summary>{segmentTitle(market, segment)}</summary>
          <Terms terms={Object.values(terms)} />
        </details>
      ))}
    </>
  );
}

/** What is missing, with the metric's title: the detail names it by its id. */
function detailOf(detail: string): string {
  const few = /^(\d+) products? with (\w+)$/.exec(detail);
  if (!few) return metricTitle(detail);
  return t("missing.products", { n: Number(few[1]), metric: metricTitle(few[2] ?? "") });
}

function termText(term: Term): string {
  if (term.missing) {
    const detail = detailOf(term.detail);
    return t("directions.cannot_tell", { why: t(`missing.${term.missing}`, { detail }) });
  }
  if (term.name === "growth") {
    const sign = (x: number | null) => (x === null ? "–" : `${x > 0 ? "+" : ""}${numberText(x)}`);
    const ends = t("interval.between", { low: sign(term.lower), high: sign(term.upper) });
    return `${sign(term.value)} % (${ends})`;
  }
  return intervalText(term, SHARES.includes(term.name) ? "percent" : "");
}

function Terms({ terms }: { terms: Term[] }) {
  return (
    <Table
      rows={terms}
      keyOf={(term) => term.name}
      columns={[
        { name: t("directions.term"), cell: (term) => named("term", term.name) },
        {
          name: t("directions.value"),
          isLong: true,
          cell: (term) => {
            const claim = term.claim_ids[0];
            if (term.missing || !claim) return <span class="soft">{termText(term)}</span>;
            return (
              <button
                type="button"
                class="figure"
                aria-haspopup="dialog"
                onClick={() => openTrail(claim)}
                title={t("trail.open", { what: named("term", term.name) })}
              >
                <b>{termText(term)}</b>
              </button>
            );
          },
        },
        {
          name: t("directions.products"),
          isNumber: true,
          cell: (term) => (term.missing ? "" : term.n),
        },
        {
          name: t("directions.counted_by"),
          cell: (term) =>
            term.missing
              ? ""
              : joined([metricTitle(term.key[0] ?? ""), term.key[1] ?? ""].filter(Boolean)),
        },
        { name: t("entity.period"), cell: (term) => (term.missing ? "" : term.at) },
        { name: t("league.sources"), cell: (term) => (term.missing ? "" : joined(term.sources)) },
      ]}
    />
  );
}

function RecordSection({ asOf }: { asOf: string | null }) {
  const page = useApi<RecordData>("/directions/record", { as_of: asOf });
  return (
    <section>
      <h2>{t("directions.record")}</h2>
      <p class="small soft">{t("directions.record_lead")}</p>
      {page.problem && <p class="warn">{page.problem.message}</p>}
      {!page.answer && !page.problem && <p class="soft">{t("app.loading")}</p>}
      {page.answer && <RecordTable of={page.answer.data.record} />}
    </section>
  );
}

function RecordTable({ of }: { of: RecordData["record"] }) {
  if (of.ways.length === 0) {
    return (
      <p>
        {t("directions.record_few", { n: of.n_needed })} {joined(of.dates)}
      </p>
    );
  }
  return (
    <Table
      caption={t("directions.record_n", { n: of.n, blocks: of.n_blocks })}
      rows={of.ways}
      keyOf={(way) => way.way}
      columns={[
        { name: t("directions.way"), cell: (way) => named("way", way.way) },
        {
          name: t("directions.correlation"),
          isNumber: true,
          cell: ({ correlation: c }) =>
            t("interval.point", {
              value: c.value.toFixed(2),
              low: c.lower.toFixed(2),
              high: c.upper.toFixed(2),
            }),
        },
        { name: t("directions.first_came"), isNumber: true, cell: (way) => way.first.toFixed(2) },
      ]}
    />
  );
}

interface EntrySectionProps {
  asOf: string | null;
  segment: string | null;
}

function EntrySection({ asOf, segment }: EntrySectionProps) {
  const market = useMarket();
  const real = (market?.segments ?? []).filter((one) => !one.is_simulated);
  const chosen = segment ?? real[0]?.id ?? null;
  const page = useApi<EntryData>(chosen ? `/entry/${encodeURIComponent(chosen)}` : null, {
    as_of: asOf,
  });
  const data = page.answer?.data;
  const nameOf = (id: string) => data?.names[id] ?? id;
  return (
    <section>
      <h2>{t("directions.entry")}</h2>
      <p class="small soft">{t("directions.entry_lead")}</p>
      <label class="field">
        <span>{t("directions.segment")}</span>
        <select
          value={chosen ?? ""}
          onChange={(event) => go(linkHere({ segment: event.currentTarget.value }))}
        >
          {real.map((one) => (
            <option key={one.id} value={one.id}>
              {titleOf(one)}
            </option>
          ))}
        </select>
      </label>
      {!data && <p class="soft">{page.problem ? page.problem.message : t("app.loading")}</p>}
      {data && data.outcomes.length === 0 && <p>{t("directions.no_entries")}</p>}
      {data && data.outcomes.length > 0 && (
        <Table
          rows={data.outcomes}
          keyOf={({ entry }) => `${entry.giant} ${entry.evidence.entity}`}
          columns={[
            {
              name: t("directions.giant"),
              cell: ({ entry }) => (
                <a href={linkTo("/entity", { id: entry.giant })}>{nameOf(entry.giant)}</a>
              ),
            },
            {
              name: t("directions.product"),
              cell: ({ entry }) => (
                <a href={linkTo("/entity", { id: entry.evidence.entity })}>
                  {nameOf(entry.evidence.entity)}
                </a>
              ),
            },
            {
              name: t("directions.entered"),
              cell: ({ entry }) => (
                <button
                  type="button"
                  class="figure"
                  aria-haspopup="dialog"
                  onClick={() => openTrail(entry.evidence.claim_ids[0] ?? "")}
                  title={t("trail.open", { what: nameOf(entry.giant) })}
                >
                  {t("directions.by", { day: entry.evidence.last ?? t("app.none") })}
                </button>
              ),
            },
            {
              name: t("directions.incumbents"),
              isLong: true,
              cell: ({ incumbents }) =>
                incumbents.length === 0
                  ? t("app.none")
                  : joined(
                      incumbents.map(
                        (one) => `${nameOf(one.evidence.entity)} (${named("fate", one.fate)})`,
                      ),
                    ),
            },
          ]}
        />
      )}
      {data && <GiantMap of={data} />}
    </section>
  );
}

/** Who is where: a row a giant, a column a segment. */
function GiantMap({ of }: { of: EntryData }) {
  const market = useMarket();
  const found = new Map(of.entries.map((one) => [`${one.giant} ${one.segment}`, one]));
  const giants = of.giants.filter((giant) => of.entries.some((one) => one.giant === giant));
  return (
    <Table
      caption={t("directions.entry")}
      rows={giants}
      keyOf={(giant) => giant}
      columns={[
        { name: t("directions.giant"), cell: (giant) => of.names[giant] ?? giant },
        ...of.segments.map((segment) => ({
          name: segmentTitle(market, segment),
          cell: (giant: string) => found.get(`${giant} ${segment}`)?.evidence.last ?? "",
        })),
      ]}
    />
  );
}
