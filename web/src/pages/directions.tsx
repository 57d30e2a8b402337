// What to build: segments by what speaks for them, their record, and where giants are.
import { useApi } from "../api";
import { linkTo } from "../location";
import { segmentTitle, useMarket } from "../market";
import { openTrail } from "../parts/figure";
import { Answered, Table } from "../parts/page";
import type { Answers, Directions as Ranking, Term } from "../types";
import { joined, metricTitle, named, t } from "../words";
import { EntrySection, RecordSection } from "./directions_record";
import { PlacesTable } from "./directions_table";
import { termText } from "./directions_terms";

export default function Directions({ query }: { query: URLSearchParams }) {
  const asOf = query.get("as_of");
  const page = useApi<Answers["directions"]>("/directions", { as_of: asOf });
  return (
    <>
      <h1>{t("directions.title")}</h1>
      <p class="soft">{t("directions.lead")}</p>
      <ul class="jump">
        <li>
          <a href={linkTo("/features")}>{t("nav.features")}</a>
        </li>
        <li>
          <a href={linkTo("/decisions")}>{t("nav.decisions")}</a>
        </li>
      </ul>
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

function PartSection({ part }: { part: Ranking }) {
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
          <p>
            <a href={linkTo("/brief", { segment })}>{t("briefs.open")}</a>
          </p>
        </details>
      ))}
    </>
  );
}

export function Terms({ terms }: { terms: Term[] }) {
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
