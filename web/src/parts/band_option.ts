// How a series over time is drawn.
import { intervalText, numberText } from "../numbers";
import { periodPlace } from "../periods";
import { colour } from "../theme";
import type { Estimate, Series, Statement } from "../types";
import { metricOf } from "../words";
import { dateText, fontPx, frame, inkOf, type Look, type Option } from "./chart";
import { saidText } from "./figure";

export interface Mark {
  day: string;
  text: string;
  /** Of the instrument; others happened to the entity itself. */
  isMeasurement: boolean;
}

/** Up to so many periods every interval is a line of its own; more of them make a band. */
const MOST_LINES = 24;

const dayOfEstimate = (e: Estimate): string | null =>
  periodPlace(e.period) ?? e.valid_to ?? e.valid_from;

export function isLog(of: Series[]): boolean {
  const numbers = of
    .flatMap((series) => series.estimates)
    .flatMap((e) => [e.value, e.lower, e.upper])
    .filter((x) => x !== null);
  return metricOf(of[0]?.metric ?? "")?.scale === "log" && numbers.every((x) => x > 0);
}

/** Whether only an end of it is known: it is drawn as a triangle that points where the rest is. */
export const isBound = (e: Estimate): boolean => e.value === null && hasOneEnd(e);

const hasOneEnd = (e: Estimate): boolean => (e.lower === null) !== (e.upper === null);

type Pixels = [number, number];

interface Drawing {
  coord: (point: [number, number]) => Pixels;
  value: (at: number) => number;
}

/** How series are drawn that differ in the other party alone: one is not told by its colour. */
export function optionOf(of: Series[], looks: Map<string, Look>, marked: Mark[]): Option {
  const { axis, grid, tooltip, base } = frame();
  const [unit, currency] = [of[0]?.unit ?? "", of[0]?.currency ?? ""];
  const days = of.flatMap((one) => one.estimates).flatMap((e) => dayOfEstimate(e) ?? []);
  const places = days.map((day) => Date.parse(day));
  const [from, to] = [Math.min(...places), Math.max(...places)];
  const within = marked
    .map(({ day, ...mark }) => ({ ...mark, x: Date.parse(day) }))
    .filter(({ x }) => from <= x && x <= to);
  const marks = {
    type: "line",
    data: [],
    markLine: {
      silent: true,
      symbol: "none",
      data: within.map(({ x, text, isMeasurement }) => {
        const ink = colour(isMeasurement ? "warn" : "soft");
        return {
          xAxis: x,
          name: text,
          lineStyle: { color: ink, type: isMeasurement ? "dashed" : "dotted" },
          label: { color: ink, fontSize: fontPx(10), formatter: "{b}", position: "insideEndTop" },
        };
      }),
    },
  };
  return {
    ...base,
    grid,
    tooltip: {
      ...tooltip,
      trigger: "item",
      formatter: ({ data }: { data?: { e?: Estimate; s?: Statement; party?: string } }) => {
        const party = data?.party ? `${data.party}, ` : "";
        if (data?.e) return `${party}${data.e.period}: ${intervalText(data.e, unit, currency)}`;
        if (data?.s) return `${data.s.source}, ${data.s.period}: ${saidText(data.s)}`;
        return "";
      },
    },
    xAxis: {
      ...axis,
      type: "time",
      splitLine: { show: false },
      axisLabel: {
        color: colour("soft"),
        fontSize: fontPx(11),
        hideOverlap: true,
        formatter: dateText,
      },
    },
    yAxis: {
      ...axis,
      ...(isLog(of) ? logAxis(of) : { type: "value", scale: true }),
      axisLabel: {
        ...(isLog(of) ? { customValues: ticksOf(of) } : {}),
        color: colour("soft"),
        fontSize: fontPx(11),
        hideOverlap: true,
        formatter: (value: number) => numberText(value, unit === "percent" ? unit : "", ""),
      },
    },
    series: [
      ...of.flatMap((one, n) => layersOf(one, of, n)),
      ...readingsOf(of, looks),
      ...(within.length > 0 ? [marks] : []),
    ],
  };
}

/** Band, line and bounds of one series. */
function layersOf(series: Series, of: Series[], n: number): object[] {
  const isWide = of.some((one) => one.estimates.length > MOST_LINES);
  const ink = inkOf(n, of.length);
  const fill = of.length > 1 ? { fill: ink, opacity: 0.25 } : { fill: colour("band") };
  const party = series.object;
  const dated = series.estimates.flatMap((e) => {
    const day = dayOfEstimate(e);
    return day ? [{ e, x: Date.parse(day) }] : [];
  });
  const bounded = dated.flatMap(({ e, x }) =>
    e.lower !== null && e.upper !== null ? [{ x, low: e.lower, high: e.upper, e }] : [],
  );
  const open = dated.flatMap(({ e, x }) =>
    hasOneEnd(e) && e.value === null
      ? [{ value: [x, e.lower ?? e.upper ?? 0], id: e.estimate_id, e, party }]
      : [],
  );
  return [
    {
      type: "custom",
      silent: isWide,
      z: 1,
      encode: { x: 0, y: [1, 2] },
      data: bounded.map(({ x, low, high, e }) => ({ value: [x, low, high], id: e.estimate_id })),
      renderItem: isWide ? wholeBand(bounded, fill) : oneInterval(fill),
    },
    {
      type: "line",
      z: 2,
      showSymbol: !isWide,
      symbol: "rect",
      symbolSize: [9, 3],
      lineStyle: { width: 1.6, color: ink },
      itemStyle: { color: ink },
      data: dated.flatMap(({ e, x }) =>
        e.value === null ? [] : [{ value: [x, e.value], id: e.estimate_id, e, party }],
      ),
    },
    {
      type: "scatter",
      z: 2,
      symbolSize: 10,
      itemStyle: { color: ink },
      data: open.map((one) => ({
        ...one,
        symbol: "triangle",
        symbolRotate: one.e.lower === null ? 180 : 0,
      })),
    },
  ];
}

/** What each source said; of several parties each in its colour. */
function readingsOf(of: Series[], looks: Map<string, Look>): object[] {
  const isWide = of.some((one) => one.estimates.length > MOST_LINES);
  const [low, high] = endsOf(of);
  const said = of.flatMap((series, n) => series.statements.map((s) => ({ s, n })));
  return [...looks].map(([source, look]) => ({
    type: "scatter",
    name: source,
    z: 3,
    symbol: look.shape,
    symbolSize: isWide ? 4 : 8,
    data: said
      .filter(({ s }) => s.source === source)
      .flatMap(({ s, n }) => {
        const day = periodPlace(s.period);
        const stated = s.value ?? s.low ?? s.high;
        if (!day || stated === null) return [];
        // What is held to be wrong stands at the edge rather than stretching the axis.
        const y = s.suspect && isLog(of) ? Math.min(high, Math.max(low, stated)) : stated;
        const paint = of.length > 1 ? inkOf(n, of.length) : colour(look.colour);
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
}

function endsOf(of: Series[]): [number, number] {
  const said = of.flatMap((series) => series.statements).filter((s) => !s.suspect);
  const numbers = [
    ...of.flatMap((series) => series.estimates).flatMap((e) => [e.value, e.lower, e.upper]),
    ...said.flatMap((s) => [s.value, s.low, s.high]),
  ].filter((x) => x !== null && x > 0) as number[];
  return [Math.min(...numbers), Math.max(...numbers)];
}

const ROOM = 1.15;

/** A log axis that ends where the numbers do, with ticks at 1, 2 and 5 times powers of ten. */
function logAxis(of: Series[]) {
  const [low, high] = endsOf(of);
  return {
    type: "log",
    min: low / ROOM,
    max: high * ROOM,
    axisTick: { customValues: ticksOf(of), lineStyle: { color: colour("line") } },
  };
}

function ticksOf(of: Series[]): number[] {
  const [low, high] = endsOf(of);
  const steps = high / low > 1000 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.log10(high) + 1; power++) {
    ticks.push(...steps.map((step) => step * 10 ** power));
  }
  const within = ticks.filter((tick) => low / ROOM <= tick && tick <= high * ROOM);
  return within.length > 1 ? within : [low, high];
}

type Fill = { fill: string; opacity?: number };

const oneInterval = (style: Fill) => (_: unknown, api: Drawing) => {
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
    style,
  };
};

/** The band is one shape, drawn with its first point; the others only stretch the axes. */
function wholeBand(bounded: { x: number; low: number; high: number }[], style: Fill) {
  return ({ dataIndex }: { dataIndex: number }, api: Drawing) => {
    if (dataIndex > 0) return undefined;
    const points = [
      ...bounded.map(({ x, high }) => api.coord([x, high])),
      ...[...bounded].reverse().map(({ x, low }) => api.coord([x, low])),
    ];
    return { type: "polygon", shape: { points }, style, silent: true };
  };
}
