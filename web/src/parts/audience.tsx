// What a panel or a census says of a product's users.
import type { ComponentChildren } from "preact";
import { dayOf, factorText, numberText } from "../numbers";
import type { Audience } from "../types";
import { called, metricTitle, named, t } from "../words";
import { courses, growthOption, NEW, points, powerOption } from "./audience_options";
import { Chart } from "./chart";
import { measureText } from "./measure";
import { Measured } from "./measured";
import { Table } from "./page";

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
            cell: ([metric, { measure }]) => (
              <Measured of={measure} what={metricTitle(metric)} unit={unitOf(metric)} />
            ),
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
            <Chart low option={days} label={`${t("audience.users")}, ${called(of.product)}`} />
          </Figured>
        )}
        {of.retention.length > 0 && (
          <Figured title={t("audience.retention")} note={t("audience.retention_caption")}>
            <Chart
              low
              option={retention}
              label={`${t("audience.retention")}, ${called(of.product)}`}
            />
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
              label={`${t("audience.growth")}, ${called(of.product)}`}
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
                    cell: (one: Audience["growth"][number]) => (
                      <Measured of={one[name]} what={`${t(`audience.${name}`)}, ${one.day}`} />
                    ),
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
              label={`${t("audience.power")}, ${called(of.product)}`}
            />
            <details>
              <summary>{t("app.figures")}</summary>
              <Table
                rows={of.power}
                keyOf={(_, n) => String(n)}
                columns={[
                  { name: t("audience.days_active"), cell: (_, n) => n + 1 },
                  {
                    name: t("audience.users_n"),
                    cell: (one, n) => (
                      <Measured of={one} what={`${t("audience.days_active")}: ${n + 1}`} />
                    ),
                  },
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
            { name: t("audience.product"), cell: (one) => called(one.product) },
            {
              name: t("audience.share"),
              cell: (one) => (
                <Measured of={one.measure} what={called(one.product)} unit="percent" />
              ),
            },
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
