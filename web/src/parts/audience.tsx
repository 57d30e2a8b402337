// What a panel or a census says of a product's users.
import type { ComponentChildren } from "preact";
import { dayOf, factorText, intervalText, numberText, type Quantity } from "../numbers";
import { colour } from "../theme";
import type { Audience, Measure } from "../types";
import { metricTitle, named, t } from "../words";
import { Chart, DATES, frame, type Option } from "./chart";
import { Table } from "./page";

/** Shares come as parts of one. */
const inPercent = (x: number | null): number | null => (x === null ? null : 100 * x);

/** A measure with its interval, or that too few units are behind it. */
export function measureText(of: Measure, unit = ""): string {
  if (of.suppressed || of.value === null) return t("audience.suppressed");
  if (unit === "percent") {
    const { value, lower, upper } = of;
    const shares = { value: inPercent(value), lower: inPercent(lower), upper: inPercent(upper) };
    return intervalText(shares, "percent");
  }
  const value = numberText(of.value, unit);
  if (of.lower === null || of.upper === null) return value;
  return t("interval.point", { value, low: numberText(of.lower), high: numberText(of.upper) });
}

type Point = Quantity & { x: number | string };

const points = <T,>(rows: readonly T[], x: (row: T) => number | string, of: (row: T) => Quantity) =>
  rows.map((row) => ({ x: x(row), ...pick(of(row)) }));

const pick = ({ value, lower, upper }: Quantity): Quantity => ({ value, lower, upper });

interface Course {
  points: Point[];
  name: string;
  unit?: string;
  isDashed?: boolean;
  ink?: string;
}

/** Lines with their bands over days or numbers of days. */
function courses(lines: Course[], kind: "time" | "value" | "category"): Option {
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
          ? `${data.name}, ${data.point.x}: ${measureText({ ...data.point, n_raw: null, suppressed: false }, unit)}`
          : "",
    },
    xAxis: {
      ...axis,
      type: kind,
      splitLine: { show: false },
      ...(kind === "time"
        ? {
            axisLabel: { color: colour("soft"), fontSize: 11, hideOverlap: true, formatter: DATES },
          }
        : {}),
    },
    yAxis: {
      ...axis,
      type: "value",
      scale: kind === "time",
      axisLabel: {
        color: colour("soft"),
        fontSize: 11,
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

const NEW = [
  ["retained", "s1"],
  ["resurrected", "s6"],
  ["new", "s3"],
  ["churned", "s2"],
] as const;

function growthOption(of: Audience): Option {
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
        fontSize: 11,
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

function powerOption(of: Audience): Option {
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
        fontSize: 11,
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

export function AudienceSection({ of }: { of: Audience }) {
  const people = of.population_unit === "people" ? "of_people" : "of_units";
  const values = {
    title: of.title,
    n: numberText(of.n_units),
    unit: named("unit", of.unit),
    population: t(`audience.${people}`, { n: numberText(of.population) }),
    first: of.first_seen,
    last: of.last_day,
    least: of.min_n,
  };
  const retention = () =>
    courses(
      [
        {
          name: t("audience.retention"),
          unit: "percent",
          points: points(
            of.retention,
            (one) => one.n_day,
            (one) => one.measure,
          ),
        },
        {
          name: t("audience.survival"),
          unit: "percent",
          ink: "s2",
          isDashed: true,
          points: points(
            of.survival,
            (one) => one.n_day,
            (one) => one,
          ),
        },
      ],
      "value",
    );
  const days = () =>
    courses(
      [
        {
          name: t("audience.users"),
          points: points(
            of.users,
            (one) => one.day,
            (one) => one.measure,
          ),
        },
      ],
      "time",
    );
  return (
    <section>
      {of.is_simulated && <p class="notice">{t("audience.simulated")}</p>}
      <p class="small soft">{t(of.is_census ? "audience.census" : "audience.panel", values)}</p>
      <Table
        caption={t("audience.levels")}
        rows={Object.entries(of.levels)}
        keyOf={([metric]) => metric}
        columns={[
          { name: t("league.metric"), cell: ([metric]) => metricTitle(metric) },
          {
            name: t("audience.value"),
            cell: ([metric, { measure }]) => measureText(measure, unitOf(metric)),
          },
          { name: t("audience.day"), cell: ([, { day }]) => dayOf(day) },
          {
            name: t("audience.n"),
            isNumber: true,
            cell: ([, { measure }]) => (measure.n_raw === null ? "" : numberText(measure.n_raw)),
          },
        ]}
      />
      <div class="measures">
        {of.users.length > 0 && (
          <Figured title={t("audience.users")} note={t("audience.users_caption")}>
            <Chart low option={days} label={`${t("audience.users")}, ${of.product}`} />
          </Figured>
        )}
        {of.retention.length > 0 && (
          <Figured title={t("audience.retention")} note={t("audience.retention_caption")}>
            <Chart low option={retention} label={`${t("audience.retention")}, ${of.product}`} />
            <p class="small soft">
              {of.survival.length > 0
                ? `${t("audience.survival")}: ${t("audience.survival_caption")}`
                : t("audience.no_beyond", { verdict: named("verdict", of.verdict) })}
            </p>
            <details>
              <summary>{t("app.figures")}</summary>
              <Table
                rows={of.retention}
                keyOf={(one) => String(one.n_day)}
                columns={[
                  {
                    name: t("audience.days_after"),
                    cell: (one) => t("audience.on_day", { n: one.n_day }),
                  },
                  { name: t("audience.share"), cell: (one) => measureText(one.measure, "percent") },
                  { name: t("audience.months"), isNumber: true, cell: (one) => one.n_months },
                ]}
              />
            </details>
          </Figured>
        )}
        {of.growth.length > 0 && (
          <Figured title={t("audience.growth")} note={t("audience.growth_caption")}>
            <Chart
              low
              option={() => growthOption(of)}
              label={`${t("audience.growth")}, ${of.product}`}
            />
            <p class="small soft">{t("audience.growth_colours")}</p>
            <details>
              <summary>{t("app.figures")}</summary>
              <Table
                rows={[...of.growth].reverse()}
                keyOf={(one) => one.day}
                columns={[
                  { name: t("audience.until"), cell: (one) => one.day },
                  ...NEW.map(([name]) => ({
                    name: t(`audience.${name}`),
                    cell: (one: Audience["growth"][number]) => measureText(one[name]),
                  })),
                ]}
              />
            </details>
          </Figured>
        )}
        {of.power.length > 0 && of.power_on && (
          <Figured
            title={t("audience.power")}
            note={t("audience.power_caption", { day: of.power_on })}
          >
            <Chart
              low
              option={() => powerOption(of)}
              label={`${t("audience.power")}, ${of.product}`}
            />
            <details>
              <summary>{t("app.figures")}</summary>
              <Table
                rows={of.power}
                keyOf={(_, n) => String(n)}
                columns={[
                  { name: t("audience.days_active"), cell: (_, n) => n + 1 },
                  { name: t("audience.users_n"), cell: (one) => measureText(one) },
                ]}
              />
            </details>
          </Figured>
        )}
      </div>
      {of.overlaps.length > 0 && of.overlap_on && (
        <Table
          caption={t("audience.overlap", { day: of.overlap_on })}
          rows={of.overlaps}
          keyOf={(one) => one.product}
          columns={[
            { name: t("audience.product"), cell: (one) => one.product },
            { name: t("audience.share"), cell: (one) => measureText(one.measure, "percent") },
            { name: t("audience.lift"), isNumber: true, cell: (one) => factorText(one.lift) },
          ]}
        />
      )}
    </section>
  );
}

const SHARES = ["stickiness", "retention", "churn"];

const unitOf = (metric: string): string =>
  SHARES.some((share) => metric.startsWith(share)) ? "percent" : "";

interface FiguredProps {
  title: string;
  note: string;
  children: ComponentChildren;
}

function Figured({ title, note, children }: FiguredProps) {
  return (
    <section class="measure">
      <h3>{title}</h3>
      <p class="small soft">{note}</p>
      {children}
    </section>
  );
}
