// A series over time: its estimates with intervals, every source's readings, and the days on which
// an instrument changed.
import { useMemo } from "preact/hooks";
import { percentText } from "../numbers";
import type { Series, Statement } from "../types";
import { metricTitle, t } from "../words";
import { isLog, type Mark, optionOf } from "./band_option";
import { Chart, type Look, lookOf } from "./chart";
import { EstimateFigure, openTrail, saidText } from "./figure";
import { Table } from "./page";

interface Props {
  of: Series;
  name: string;
  marks: Mark[];
}

function shapesOf(statements: Statement[]): Map<string, Look> {
  const sources = [...new Set(statements.map((s) => s.source))];
  return new Map(sources.map((source, n) => [source, lookOf(n)]));
}

/** Symbols of the legend; the chart's own have the same names. */
function Sign({ look }: { look: Look }) {
  const shapes = {
    circle: <circle cx="5" cy="5" r="4" />,
    rect: <rect x="1" y="1" width="8" height="8" />,
    triangle: <path d="M5 1 9 9H1z" />,
    diamond: <path d="M5 0 10 5 5 10 0 5z" />,
    roundRect: <rect x="1" y="1" width="8" height="8" rx="2" />,
    pin: <path d="M5 10 1 4a4 4 0 1 1 8 0z" />,
    arrow: <path d="M5 0 9 10 5 7 1 10z" />,
  };
  return (
    <svg viewBox="0 0 10 10" fill={`var(--${look.colour})`} aria-hidden="true">
      {shapes[look.shape]}
    </svg>
  );
}

export function BandChart({ of, name, marks }: Props) {
  const looks = useMemo(() => shapesOf(of.statements), [of]);
  const last = of.estimates.at(-1);
  const title = metricTitle(of.metric);
  const label = t("entity.chart", {
    metric: title,
    name,
    n: of.estimates.length,
    first: of.estimates[0]?.period ?? "",
    last: last?.period ?? "",
  });
  const sources = [...looks];
  const hasSuspect = of.statements.some((s) => s.suspect);
  return (
    <>
      <Chart option={() => optionOf(of, looks, marks)} label={label} onClick={openTrail} />
      <ul class="legend">
        {last && (
          <li>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect y="1" width="10" height="8" fill="var(--band)" />
              <path d="M0 5h10" stroke="var(--band-ink)" stroke-width="2" />
            </svg>
            {t("entity.band", { prob: percentText(last.prob) })}
            {isLog(of) && `, ${t("entity.log")}`}
          </li>
        )}
        {sources.map(([source, look]) => (
          <li key={source}>
            <Sign look={look} />
            {source}
          </li>
        ))}
        {hasSuspect && (
          <li>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <circle cx="5" cy="5" r="3.5" fill="none" stroke="var(--soft)" stroke-width="1.5" />
            </svg>
            {t("entity.suspect")}
          </li>
        )}
      </ul>
      <details>
        <summary>{t("app.figures")}</summary>
        <Table
          rows={[...of.estimates].reverse()}
          keyOf={(e) => e.estimate_id}
          columns={[
            { name: t("entity.period"), cell: (e) => e.period },
            { name: t("entity.estimate"), cell: (e) => <EstimateFigure of={e} /> },
            {
              name: t("entity.reading"),
              isLong: true,
              cell: (e) => saidOf(of.statements.filter((s) => s.period === e.period)),
            },
          ]}
        />
      </details>
    </>
  );
}

const saidOf = (statements: Statement[]): string =>
  statements.map((s) => `${s.source}: ${saidText(s)}`).join(" · ");
