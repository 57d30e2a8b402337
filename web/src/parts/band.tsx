// A series over time: its estimates with intervals, every source's readings, and the days on which
// an instrument changed.
import { useMemo } from "preact/hooks";
import { percentText } from "../numbers";
import type { Estimate, Series, Statement } from "../types";
import { called, joined, metricTitle, periodText, t } from "../words";
import { isBound, isLog, type Mark, optionOf } from "./band_option";
import { Chart, inkOf, type Look, lookOf } from "./chart";
import { EstimateFigure, openTrail, saidText } from "./figure";
import { Table } from "./page";

interface Props {
  /** One, or several that differ in the other party alone. */
  of: Series[];
  name: string;
  marks: Mark[];
}

function shapesOf(statements: Statement[]): Map<string, Look> {
  const sources = [...new Set(statements.map((s) => s.source))];
  return new Map(sources.map((source, n) => [source, lookOf(n)]));
}

/** Symbols of the legend; the chart's own have the same names. */
function Sign({ look, ink = `var(--${look.colour})` }: { look: Look; ink?: string }) {
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
    <svg viewBox="0 0 10 10" fill={ink} aria-hidden="true">
      {shapes[look.shape]}
    </svg>
  );
}

export function BandChart({ of, name, marks }: Props) {
  const said = useMemo(() => of.flatMap((series) => series.statements), [of]);
  const looks = useMemo(() => shapesOf(said), [said]);
  const every = of.flatMap((series) => series.estimates.map((e) => ({ e, party: series.object })));
  every.sort((a, b) => ((a.e.valid_to ?? "") < (b.e.valid_to ?? "") ? -1 : 1));
  const [first, last] = [every[0]?.e, every.at(-1)?.e];
  const label = t("entity.chart", {
    metric: joined([metricTitle(of[0]?.metric ?? ""), ...parties(of)]),
    name,
    n: new Set(every.map(({ e }) => e.period)).size,
    first: first?.period ?? "",
    last: last?.period ?? "",
  });
  const isOne = of.length === 1;
  const bounds = every.filter(({ e }) => isBound(e)).map(({ e }) => e);
  return (
    <>
      <Chart option={() => optionOf(of, looks, marks)} label={label} onClick={openTrail} />
      <ul class="legend">
        {!isOne &&
          of.map((series, n) => (
            <li key={series.object}>
              <BandSign ink={inkOf(n, of.length)} />
              <b>{called(series.object) || t("entity.all_parties")}</b>
            </li>
          ))}
        {last && (
          <li>
            {isOne && <BandSign />}
            {t("entity.band", { prob: percentText(last.prob) })}
            {isLog(of) && `, ${t("entity.log")}`}
          </li>
        )}
        {[...looks].map(([source, look]) => (
          <li key={source}>
            {isOne ? <Sign look={look} /> : <Sign look={look} ink="var(--soft)" />}
            {source}
          </li>
        ))}
        {said.some((s) => s.suspect) && (
          <li>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <circle cx="5" cy="5" r="3.5" fill="none" stroke="var(--soft)" stroke-width="1.5" />
            </svg>
            {t("entity.suspect")}
          </li>
        )}
        <BoundSigns of={bounds} />
      </ul>
      <details>
        <summary>{t("app.figures")}</summary>
        <Table
          rows={every.reverse()}
          keyOf={({ e }) => e.estimate_id}
          columns={[
            { name: t("entity.period"), cell: ({ e }) => periodText(e.period) },
            ...(isOne
              ? []
              : [
                  {
                    name: t("entity.party"),
                    cell: ({ party }: { party: string }) => party || t("entity.all_parties"),
                  },
                ]),
            { name: t("entity.estimate"), cell: ({ e }) => <EstimateFigure of={e} /> },
            {
              name: t("entity.reading"),
              isLong: true,
              cell: ({ e }) => saidOf(said.filter((s) => e.claim_ids.includes(s.claim_id))),
            },
          ]}
        />
      </details>
    </>
  );
}

const parties = (of: Series[]): string[] => of.map((series) => series.object).filter(Boolean);

function BandSign({ ink }: { ink?: string }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true">
      <rect y="1" width="10" height="8" fill={ink ?? "var(--band)"} opacity={ink ? 0.25 : 1} />
      <path d="M0 5h10" stroke={ink ?? "var(--band-ink)"} stroke-width="2" />
    </svg>
  );
}

/** Triangles that point to where the level is, of which only an end is known. */
function BoundSigns({ of }: { of: Estimate[] }) {
  const signs = [
    ["M5 1 9 9H1z", "entity.bound_over", of.some((e) => e.upper === null)],
    ["M5 9 9 1H1z", "entity.bound_under", of.some((e) => e.lower === null)],
  ] as const;
  return (
    <>
      {signs.map(
        ([path, key, isThere]) =>
          isThere && (
            <li key={key}>
              <svg viewBox="0 0 10 10" fill="var(--band-ink)" aria-hidden="true">
                <path d={path} />
              </svg>
              {t(key)}
            </li>
          ),
      )}
    </>
  );
}

const saidOf = (statements: Statement[]): string =>
  statements.map((s) => `${s.source}: ${saidText({ ...s, object: "" })}`).join(" · ");
