// The report card of every source, and how far its figures still move.
import { useApi } from "../api";
import { go, linkHere } from "../location";
import { countText, numberText, percentText } from "../numbers";
import { Answered, Table } from "../parts/page";
import type { Answers, Card, Revision } from "../types";
import { metricTitle, named, t } from "../words";

function between(value: number | null, low: number | null, high: number | null): string {
  if (value === null) return t("app.none");
  if (low === null || high === null) return numberText(value);
  return t("interval.point", {
    value: numberText(value),
    low: numberText(low),
    high: numberText(high),
  });
}

function share(value: number | null, low: number | null, high: number | null): string {
  if (value === null) return t("app.none");
  if (low === null || high === null) return percentText(value);
  return t("interval.point", {
    value: percentText(value),
    low: percentText(low),
    high: percentText(high),
  });
}

export default function Sources({ query }: { query: URLSearchParams }) {
  const asOf = query.get("as_of");
  const metric = query.get("metric") ?? "";
  const cards = useApi<Answers["sources"]>("/sources", { as_of: asOf });
  const moves = useApi<Answers["revisions"]>("/sources/revisions", { as_of: asOf });
  return (
    <>
      <h1>{t("sources.title")}</h1>
      <p class="soft">{t("sources.lead")}</p>
      <Answered of={cards}>
        {(data) => {
          const metrics = [...new Set(data.cards.map((card) => card.metric))].sort();
          const rows = data.cards.filter((card) => !metric || card.metric === metric);
          const ordered = [...rows].sort(
            (a, b) => b.n_compared - a.n_compared || b.n_claims - a.n_claims,
          );
          const revised = (moves.answer?.data.revisions ?? []).filter(
            (row) => !metric || row.metric === metric,
          );
          return (
            <>
              <label class="field">
                <span>{t("sources.metric")}</span>
                <select
                  value={metric}
                  onChange={(event) => go(linkHere({ metric: event.currentTarget.value || null }))}
                >
                  <option value="">{t("sources.all_metrics")}</option>
                  {metrics.map((id) => (
                    <option key={id} value={id}>
                      {metricTitle(id)}
                    </option>
                  ))}
                </select>
              </label>
              {ordered.length === 0 ? <p>{t("sources.none")}</p> : <Cards rows={ordered} />}
              <h2>{t("sources.moves")}</h2>
              {revised.length === 0 ? (
                <p>{t("sources.moves_none")}</p>
              ) : (
                <MovesTable rows={revised} />
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}

function Cards({ rows }: { rows: Card[] }) {
  return (
    <Table
      rows={rows}
      keyOf={(card) => `${card.source} ${card.metric} ${card.nature}`}
      columns={[
        {
          name: t("sources.source"),
          cell: (card) => (
            <>
              {card.source}
              <div class="small soft">{named("nature", card.nature)}</div>
            </>
          ),
        },
        { name: t("sources.metric"), cell: (card) => metricTitle(card.metric) },
        {
          name: t("sources.claims"),
          isNumber: true,
          cell: (card) => (
            <>
              {countText(card.n_claims)}
              <div class="small soft">
                {t("sources.entities")} {countText(card.n_entities)}
              </div>
            </>
          ),
        },
        {
          name: t("sources.lag"),
          isNumber: true,
          cell: (card) => numberText(card.lag_days),
        },
        {
          name: t("sources.bias"),
          isNumber: true,
          cell: (card) => between(card.bias, card.bias_lower, card.bias_upper),
        },
        {
          name: t("sources.noise"),
          isNumber: true,
          cell: (card) => between(card.noise_sd, card.noise_lower, card.noise_upper),
        },
        {
          name: t("sources.against"),
          cell: (card) => (
            <>
              {card.against ? named("against", card.against) : t("app.none")}
              {card.copies && (
                <div class="small warn">{t("sources.copies", { name: card.copies })}</div>
              )}
            </>
          ),
        },
        { name: t("sources.revised"), isNumber: true, cell: (card) => countText(card.n_revised) },
        {
          name: t("sources.coverage"),
          isNumber: true,
          cell: (card) => share(card.coverage, card.coverage_lower, card.coverage_upper),
        },
        { name: t("sources.suspects"), isNumber: true, cell: (card) => countText(card.n_suspect) },
        {
          name: t("sources.calibration"),
          cell: (card) => named("calibration", card.calibration),
        },
      ]}
    />
  );
}

function MovesTable({ rows }: { rows: Revision[] }) {
  return (
    <>
      <p class="small soft">{t("sources.moves_lead")}</p>
      <Table
        rows={rows}
        keyOf={(row, n) => `${row.source} ${row.metric} ${n}`}
        columns={[
          { name: t("sources.source"), cell: (row) => row.source },
          { name: t("sources.metric"), cell: (row) => metricTitle(row.metric) },
          {
            name: t("sources.age"),
            isNumber: true,
            cell: (row) =>
              t("app.span", {
                first: String(row.age_from ?? ""),
                last: String(row.age_to ?? ""),
              }),
          },
          {
            name: t("sources.seen"),
            isNumber: true,
            cell: (row) => numberText(row.n),
          },
          {
            name: t("sources.end"),
            isNumber: true,
            cell: (row) => between(row.bias, row.bias_lower, row.bias_upper),
          },
        ]}
      />
    </>
  );
}
