// How segments are drawn by size and growth, with retention as the size of their sign.

import { numberText } from "../numbers";
import { colour } from "../theme";
import type { Term } from "../types";
import { fontPx, frame, type Option } from "./chart";

/** A segment that has a place: its size and growth with their intervals, and retention if known. */
export interface Spot {
  segment: string;
  title: string;
  size: Term;
  growth: Term;
  retention: Term | null;
  /** What the tooltip says. */
  text: string;
}

const WHISKER_END = 4;
/** Pixels of the sign of a segment without retention, and what a percent of it adds. */
const [LEAST_SIGN, SIGN_OF_PERCENT] = [9, 0.5];

export const signOf = (retention: number | null): number =>
  LEAST_SIGN + SIGN_OF_PERCENT * (retention ?? 0);

const endsOf = (term: Term): [number, number] => {
  const value = term.value ?? 0;
  return [term.lower ?? value, term.upper ?? value];
};

type Pixels = [number, number];

interface Drawing {
  coord: (point: Pixels) => Pixels;
  value: (at: number) => number;
}

/** Both whiskers of a segment: left and right of its size, below and above its growth. */
function whiskers(_: unknown, api: Drawing) {
  const [x, y, left, right, low, high] = [0, 1, 2, 3, 4, 5].map((n) => api.value(n)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [from, to] = [api.coord([left, y]), api.coord([right, y])];
  const [bottom, top] = [api.coord([x, low]), api.coord([x, high])];
  const line = (x1: number, y1: number, x2: number, y2: number) => ({
    type: "line",
    shape: { x1, y1, x2, y2 },
    style: { stroke: colour("band-ink"), lineWidth: 1.5 },
  });
  const e = WHISKER_END;
  return {
    type: "group",
    children: [
      line(from[0], from[1], to[0], to[1]),
      line(from[0], from[1] - e, from[0], from[1] + e),
      line(to[0], to[1] - e, to[0], to[1] + e),
      line(bottom[0], bottom[1], top[0], top[1]),
      line(bottom[0] - e, bottom[1], bottom[0] + e, bottom[1]),
      line(top[0] - e, top[1], top[0] + e, top[1]),
    ],
  };
}

/** Sizes further apart than this are drawn on a log axis. */
const MOST_TIMES = 20;

/** An axis with nought on it, which both size and growth have, and room around what is drawn. */
const FROM_ZERO = { type: "value", boundaryGap: ["25%", "25%"] } as const;

function axisOfSizes(ends: number[]) {
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (low <= 0 || high / low < MOST_TIMES) return FROM_ZERO;
  return { type: "log", min: low / 2, max: high * 2 };
}

export function mapOption(spots: Spot[], xName: string, yName: string): Option {
  const { axis, grid, tooltip, base } = frame();
  const most = Math.max(...spots.map((spot) => spot.size.value ?? 0));
  const label = { color: colour("soft"), fontSize: fontPx(11), hideOverlap: true };
  return {
    ...base,
    grid: { ...grid, top: 28, right: 24, bottom: 22 },
    tooltip: {
      ...tooltip,
      trigger: "item",
      formatter: ({ data }: { data?: { spot?: Spot } }) => data?.spot?.text ?? "",
    },
    xAxis: {
      ...axis,
      ...axisOfSizes(spots.flatMap((spot) => endsOf(spot.size))),
      name: xName,
      nameLocation: "middle",
      nameGap: 24,
      splitNumber: 3,
      axisLabel: { ...label, formatter: (value: number) => numberText(value) },
    },
    yAxis: {
      ...axis,
      ...FROM_ZERO,
      name: yName,
      nameTextStyle: { color: colour("soft"), align: "left" },
      splitNumber: 4,
      axisLabel: { ...label, formatter: (value: number) => numberText(value, "percent") },
    },
    series: [
      {
        type: "custom",
        z: 1,
        silent: true,
        encode: { x: [0, 2, 3], y: [1, 4, 5] },
        data: spots.map(({ size, growth }) => [
          size.value ?? 0,
          growth.value ?? 0,
          ...endsOf(size),
          ...endsOf(growth),
        ]),
        renderItem: whiskers,
      },
      {
        type: "scatter",
        z: 2,
        data: spots.map((spot) => ({
          value: [spot.size.value ?? 0, spot.growth.value ?? 0],
          id: spot.growth.claim_ids[0],
          spot,
          symbolSize: signOf(spot.retention?.value ?? null),
          // A hollow sign has no retention that its size could tell.
          itemStyle: spot.retention
            ? { color: colour("s1") }
            : { color: colour("panel"), borderColor: colour("s1"), borderWidth: 2 },
          label: {
            show: true,
            // Towards the middle, so that no end of a name is cut.
            position: (spot.size.value ?? 0) > most / 2 ? "left" : "right",
            distance: 10,
            color: colour("ink"),
            fontSize: fontPx(12),
            formatter: () => spot.title,
          },
        })),
      },
    ],
  };
}
