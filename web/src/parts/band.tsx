// A series over time: its estimates with intervals, every source's readings, and the days on which
// an instrument changed.
import { useMemo } from "preact/hooks";
import { intervalText, numberText, percentText } from "../numbers";
import { periodEnd } from "../periods";
import { colour } from "../theme";
import type { Estimate, Series, Statement } from "../types";
import { metricOf, metricTitle, t } from "../words";
import { Chart, DATES, frame, type Look, lookOf, type Option } from "./chart";
import { EstimateFigure, openTrail, saidText } from "./figure";
import { Table } from "./page";

export interface Break {
  day: string;
  text: string;
}

interface Props {
  of: Series;
  name: string;
  breaks: Break[];
}

/** Up to so many periods every interval is a line of its own; more of them make a band. */
const MOST_LINES = 24;

const dayOfEstimate = (e: Estimate): string | null =>
  e.valid_to ?? periodEnd(e.period) ?? e.valid_from;

function shapesOf(statements: Statement[]): Map<string, Look> {
  const sources = [...new Set(statements.map((s) => s.source))];
  return new Map(sources.map((source, n) => [source, lookOf(n)]));
}

/** Symbols of the legend; the chart's own have the same names. */
function Mark({ look }: { look: Look }) {
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

export function BandChart({ of, name, breaks }: Props) {
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
      <Chart option={() => optionOf(of, looks, breaks)} label={label} onClick={openTrail} />
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
            <Mark look={look} />
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

function isLog(of: Series): boolean {
  const numbers = of.estimates
    .flatMap((e) => [e.value, e.lower, e.upper])
    .filter((x) => x !== null);
  return metricOf(of.metric)?.scale === "log" && numbers.every((x) => x > 0);
}

type Pixels = [number, number];

interface Drawing {
  coord: (point: [number, number]) => Pixels;
  value: (at: number) => number;
}

function optionOf(of: Series, looks: Map<string, Look>, breaks: Break[]): Option {
  const { axis, grid, tooltip, base } = frame();
  const { unit, currency } = of;
  const isWide = of.estimates.length > MOST_LINES;
  const dated = of.estimates.flatMap((e) => {
    const day = dayOfEstimate(e);
    return day ? [{ e, x: Date.parse(day) }] : [];
  });
  const bounded = dated.flatMap(({ e, x }) =>
    e.lower !== null && e.upper !== null ? [{ x, low: e.lower, high: e.upper, e }] : [],
  );
  const open = dated.flatMap(({ e, x }) =>
    (e.lower === null) !== (e.upper === null)
      ? [{ value: [x, e.lower ?? e.upper ?? 0], id: e.estimate_id, e }]
      : [],
  );
  const band = {
    type: "custom",
    silent: isWide,
    z: 1,
    encode: { x: 0, y: [1, 2] },
    data: bounded.map(({ x, low, high, e }) => ({ value: [x, low, high], id: e.estimate_id })),
    renderItem: isWide ? wholeBand(bounded) : oneInterval,
  };
  const line = {
    type: "line",
    z: 2,
    showSymbol: !isWide,
    symbol: "rect",
    symbolSize: [9, 3],
    lineStyle: { width: 1.6, color: colour("band-ink") },
    itemStyle: { color: colour("band-ink") },
    data: dated.flatMap(({ e, x }) =>
      e.value === null ? [] : [{ value: [x, e.value], id: e.estimate_id, e }],
    ),
  };
  const bounds = {
    type: "scatter",
    z: 2,
    symbolSize: 10,
    itemStyle: { color: colour("band-ink") },
    data: open.map((one) => ({
      ...one,
      symbol: "triangle",
      symbolRotate: one.e.lower === null ? 180 : 0,
    })),
  };
  const readings = [...looks].map(([source, look]) => ({
    type: "scatter",
    name: source,
    z: 3,
    symbol: look.shape,
    symbolSize: isWide ? 4 : 8,
    data: of.statements
      .filter((s) => s.source === source)
      .flatMap((s) => {
        const day = periodEnd(s.period);
        const y = s.value ?? s.low ?? s.high;
        if (!day || y === null) return [];
        const paint = colour(look.colour);
        return [
          {
            value: [Date.parse(day), y],
            id: s.claim_id,
            s,
            itemStyle: s.suspect
              ? { color: "transparent", borderColor: colour("soft"), borderWidth: 1.5 }
              : { color: paint },
          },
        ];
      }),
  }));
  const marks = {
    type: "line",
    data: [],
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: colour("warn"), type: "dashed" },
      label: { color: colour("warn"), fontSize: 11, formatter: "{b}", position: "insideEndTop" },
      data: breaks.map(({ day, text }) => ({ xAxis: Date.parse(day), name: text })),
    },
  };
  return {
    ...base,
    grid,
    tooltip: {
      ...tooltip,
      trigger: "item",
      formatter: ({ data }: { data?: { e?: Estimate; s?: Statement } }) => {
        if (data?.e) return `${data.e.period}: ${intervalText(data.e, unit, currency)}`;
        if (data?.s) return `${data.s.source}, ${data.s.period}: ${saidText(data.s)}`;
        return "";
      },
    },
    xAxis: {
      ...axis,
      type: "time",
      splitLine: { show: false },
      axisLabel: { color: colour("soft"), fontSize: 11, hideOverlap: true, formatter: DATES },
    },
    yAxis: {
      ...axis,
      type: isLog(of) ? "log" : "value",
      scale: true,
      axisLabel: {
        color: colour("soft"),
        fontSize: 11,
        hideOverlap: true,
        formatter: (value: number) => numberText(value, unit === "percent" ? unit : "", ""),
      },
    },
    series: [band, line, bounds, ...readings, ...(breaks.length > 0 ? [marks] : [])],
  };
}

function oneInterval(_: unknown, api: Drawing) {
  const [x, low] = api.coord([api.value(0), api.value(1)]);
  const [, high] = api.coord([api.value(0), api.value(2)]);
  return {
    type: "rect",
    shape: {
      x: x - 4,
      y: Math.min(low, high),
      width: 8,
      height: Math.max(2, Math.abs(low - high)),
    },
    style: { fill: colour("band") },
  };
}

/** The band is one shape, drawn with its first point; the others only stretch the axes. */
function wholeBand(bounded: { x: number; low: number; high: number }[]) {
  return ({ dataIndex }: { dataIndex: number }, api: Drawing) => {
    if (dataIndex > 0) return undefined;
    const points = [
      ...bounded.map(({ x, high }) => api.coord([x, high])),
      ...[...bounded].reverse().map(({ x, low }) => api.coord([x, low])),
    ];
    return { type: "polygon", shape: { points }, style: { fill: colour("band") }, silent: true };
  };
}
