// How an audience is drawn: courses with bands, who came and left, days active.
import { numberText, type Quantity } from "../numbers";
import { colour } from "../theme";
import type { Audience } from "../types";
import { t } from "../words";
import { dateText, fontPx, frame, type Option } from "./chart";
import { measureText } from "./measure";

type Point = Quantity & { x: number | string };

export const points = <T>(
  rows: readonly T[],
  x: (row: T) => number | string,
  of: (row: T) => Quantity,
) => rows.map((row) => ({ x: x(row), ...pick(of(row)) }));

const pick = ({ value, lower, upper }: Quantity): Quantity => ({ value, lower, upper });

interface Course {
  points: Point[];
  name: string;
  unit?: string;
  isDashed?: boolean;
  ink?: string;
}

/** Lines with their bands over days or numbers of days. */
export function courses(lines: Course[], kind: "time" | "value" | "category"): Option {
  const { axis, grid, tooltip, base } = frame();
  const unit = lines[0]?.unit ?? "";
  const at = (x: number | string) => (kind === "time" ? Date.parse(String(x)) : x);
  return {
    ...base,
    grid,
    tooltip: {
      ...tooltip,
      trigger: "item",
      formatter: ({ data }: { data?: { point?: Point; name?: string } }) =>
        data?.point
          ? `${data.name}, ${data.point.x}: ${measureText({ ...data.point, suppressed: false }, unit)}`
          : "",
    },
    xAxis: {
      ...axis,
      type: kind,
      splitLine: { show: false },
      ...(kind === "time"
        ? {
            axisLabel: {
              color: colour("soft"),
              fontSize: fontPx(11),
              hideOverlap: true,
              formatter: dateText,
            },
          }
        : {}),
    },
    yAxis: {
      ...axis,
      type: "value",
      scale: kind === "time",
      axisLabel: {
        color: colour("soft"),
        fontSize: fontPx(11),
        formatter: (value: number) =>
          unit === "percent" ? numberText(100 * value, unit) : numberText(value),
      },
    },
    series: lines.flatMap((line) => {
      const known = line.points.filter((point) => point.value !== null);
      const bounded = known.filter((point) => point.lower !== null && point.upper !== null);
      const ink = colour(line.ink ?? "band-ink");
      return [
        {
          type: "custom",
          silent: true,
          encode: { x: 0, y: [1, 2] },
          data: bounded.map((point) => [at(point.x), point.lower, point.upper]),
          renderItem: (
            { dataIndex }: { dataIndex: number },
            api: { coord: (point: unknown[]) => number[] },
          ) => {
            if (dataIndex > 0) return undefined;
            const up = bounded.map((point) => api.coord([at(point.x), point.upper]));
            const down = bounded.map((point) => api.coord([at(point.x), point.lower])).reverse();
            const shape = { points: [...up, ...down] };
            return { type: "polygon", shape, style: { fill: colour("band"), opacity: 0.8 } };
          },
        },
        {
          type: "line",
          showSymbol: known.length < 40,
          symbolSize: 5,
          itemStyle: { color: ink },
          lineStyle: { color: ink, width: 1.6, type: line.isDashed ? "dashed" : "solid" },
          data: known.map((point) => ({
            value: [at(point.x), point.value],
            point,
            name: line.name,
          })),
        },
      ];
    }),
  };
}

export const NEW = [
  ["retained", "s1"],
  ["resurrected", "s6"],
  ["new", "s3"],
  ["churned", "s2"],
] as const;

export function growthOption(of: Audience): Option {
  const { axis, grid, tooltip, base } = frame();
  return {
    ...base,
    grid,
    tooltip: { ...tooltip, trigger: "item" },
    xAxis: { ...axis, type: "category", data: of.growth.map((one) => one.day) },
    yAxis: {
      ...axis,
      type: "value",
      axisLabel: {
        color: colour("soft"),
        fontSize: fontPx(11),
        formatter: (value: number) => numberText(value),
      },
    },
    series: NEW.map(([name, ink]) => ({
      type: "bar",
      stack: "all",
      name: t(`audience.${name}`),
      itemStyle: { color: colour(ink) },
      data: of.growth.map((one) => {
        const { value } = one[name];
        return value === null ? null : name === "churned" ? -value : value;
      }),
    })),
  };
}

export function powerOption(of: Audience): Option {
  const { axis, grid, tooltip, base } = frame();
  return {
    ...base,
    grid,
    tooltip: { ...tooltip, trigger: "item" },
    xAxis: { ...axis, type: "category", data: of.power.map((_, n) => String(n + 1)) },
    yAxis: {
      ...axis,
      type: "value",
      axisLabel: {
        color: colour("soft"),
        fontSize: fontPx(11),
        formatter: (value: number) => numberText(value),
      },
    },
    series: [
      {
        type: "bar",
        name: t("audience.users_n"),
        itemStyle: { color: colour("s1") },
        data: of.power.map((one) => one.value),
      },
    ],
  };
}
