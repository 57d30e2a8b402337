// The last figure of each series of an entity, how fast it grows, and on what it rests.

import { linkTo } from "../location";
import { dayNumber, intervalText, numberText } from "../numbers";
import type { EntityPage, Estimate, Growth, Series, Together } from "../types";
import { called, joined, metricTitle, periodText, sentence, t } from "../words";
import { Dated } from "./dated";
import { basisOf, EstimateFigure } from "./figure";
import { Table } from "./page";
import { Spark } from "./spark";

type Kind = Pick<Series, "metric" | "definition" | "unit" | "currency">;

const kindOf = (s: Kind): string => [s.metric, s.definition, s.unit, s.currency].join(" ");

export const keyOf = (s: Series): string => `${kindOf(s)} ${s.object}`;

/** Series of one metric and definition, which the other party alone keeps apart, together. */
export function kindsOf(series: Series[]): Series[][] {
  const found = new Map<string, Series[]>();
  for (const one of series) {
    found.set(kindOf(one), [...(found.get(kindOf(one)) ?? []), one]);
  }
  return [...found.values()];
}

interface Row {
  series: Series;
  last: Estimate;
  /** What all parties add up to, on a row of its own behind theirs. */
  sum?: Together;
  isOneOfSeveral: boolean;
}

function rowsOf(of: EntityPage): Row[] {
  return kindsOf(of.series).flatMap((kind) => {
    const rows: Row[] = kind.flatMap((series) => {
      const last = series.estimates.at(-1);
      return last ? [{ series, last, isOneOfSeveral: kind.length > 1 }] : [];
    });
    const [head] = rows;
    const sum = of.together.find((one) => head && kindOf(one) === kindOf(head.series));
    return head && sum ? [...rows, { ...head, sum }] : rows;
  });
}

export function Latest({ of }: { of: EntityPage }) {
  const rows = rowsOf(of);
  const hasGrowth = rows.some(({ series }) => series.growth.length > 0);
  const hasCourse = rows.some(({ series }) => series.estimates.length > 2);
  return (
    <Table
      rows={rows}
      keyOf={({ series, sum }) => `${keyOf(series)}${sum ? " sum" : ""}`}
      columns={[
        {
          name: t("league.metric"),
          cell: ({ series, sum, isOneOfSeveral }) => (
            <>
              <a href={linkTo("/league", { metric: series.metric, definition: series.definition })}>
                {metricTitle(series.metric)}
              </a>
              {(series.object || isOneOfSeveral) && (
                <div class="small soft">
                  {sum || !series.object ? t("entity.all_parties") : called(series.object)}
                </div>
              )}
            </>
          ),
        },
        {
          name: t("entity.latest"),
          isLong: true,
          cell: ({ series, last, sum }) =>
            sum ? intervalText(sum, series.unit, series.currency) : <EstimateFigure of={last} />,
        },
        {
          name: t("entity.period"),
          cell: ({ last, sum }) => <Dated text={periodText(sum?.period ?? last.period)} />,
        },
        ...(hasGrowth
          ? [
              {
                name: t("entity.growth"),
                cell: ({ series, sum }: Row) =>
                  !sum && series.growth.map((g) => <div key={g.start}>{growthText(g)}</div>),
              },
            ]
          : []),
        ...(hasCourse
          ? [
              {
                name: t("league.course"),
                cell: ({ series, sum }: Row) => !sum && <Spark of={series.estimates} />,
              },
            ]
          : []),
        {
          name: t("entity.basis"),
          isLong: true,
          cell: ({ series, last, sum }) =>
            sum ? (
              <span class="small soft">{t("entity.sum_of", { names: joined(sum.parties) })}</span>
            ) : (
              <RestsOn series={series} last={last} />
            ),
        },
      ]}
    />
  );
}

function RestsOn({ series, last }: { series: Series; last: Estimate }) {
  // The row names the other party, which begins the note.
  const note = last.note
    .split("; ")
    .filter((part) => !series.object || part !== `other party: ${series.object}`)
    .join("; ");
  return (
    <span class="small soft">
      {[series.definition || t("definition.unstated"), basisOf(last)].join(" · ")}
      {note && <span class="warn"> {sentence(note)}</span>}
      {series.later &&
        ` · ${t(`later.${series.later.every}`, { until: series.later.until, least: series.later.min_n })}`}
    </span>
  );
}

function growthText(g: Growth): string {
  const days = dayNumber(g.end) - dayNumber(g.start);
  const sign = (x: number | null) => (x === null ? "–" : `${x > 0 ? "+" : ""}${numberText(x)}`);
  const [value, low, high] = [g.value, g.lower, g.upper].map(sign);
  // Of figures that are counted exactly no interval can be told from the rate.
  const isExact = low === value && high === value;
  const text = t("interval.between", { low: low ?? "", high: high ?? "" });
  const growth = isExact ? `${value} %` : t("app.bracketed", { before: `${value} %`, text });
  return t("entity.growth_in", { growth, n: days });
}
