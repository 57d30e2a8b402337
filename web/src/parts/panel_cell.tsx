// The end of the trail of a panel's figure: the count, and the logs it was made of.
import { linkTo } from "../location";
import { dayOf, numberText } from "../numbers";
import type { PanelCell } from "../types";
import { called, metricTitle, named, t } from "../words";

const LONGEST_DIGEST = 16;

export function CellStep({ of }: { of: PanelCell }) {
  const isShare = of.unit === "share";
  const unit = isShare ? "percent" : of.unit;
  const shown = (value: number | null): string =>
    numberText(value === null || !isShare ? value : 100 * value, unit);
  return (
    <section>
      <h3>{named("audience_table", of.table)}</h3>
      <p class="big">{of.stderr ? `${shown(of.value)} ± ${shown(of.stderr)}` : shown(of.value)}</p>
      <p class="small soft">
        {isShare ? "" : `${named("unit", of.unit)} · `}
        {of.is_census ? t("cell.census") : t("cell.weighed")}
      </p>
      <dl class="pairs small">
        {Object.entries(of.key).map(([name, value]) => [
          <dt key={`${name} name`}>{named("audience_key", name)}</dt>,
          <dd key={name}>{keyText(name, value)}</dd>,
        ])}
        <dt>{t("audience.n")}</dt>
        <dd>{of.n_raw === null ? t("audience.suppressed") : numberText(of.n_raw)}</dd>
        <dt>{t("entity.source")}</dt>
        <dd>{of.source}</dd>
        <dt>{t("trail.feed")}</dt>
        <dd>
          <a href={linkTo("/feeds", { feed: of.feed })}>{of.feed}</a>, {of.title}
        </dd>
        <dt>{t("trail.recorded")}</dt>
        <dd>
          {of.replayed
            ? t("trail.replayed", { day: dayOf(of.recorded_at) })
            : dayOf(of.recorded_at)}
        </dd>
        <dt>{t("trail.licence")}</dt>
        <dd>{of.licence}</dd>
        <dt>{t("cell.counted")}</dt>
        <dd>
          {t("cell.counted_from", {
            rows: of.n_rows,
            units: of.n_units,
            unit: named("unit", of.counts),
          })}{" "}
          <code>{of.run}</code>
        </dd>
        <dt>{t("cell.logs")}</dt>
        <dd>
          <ul class="plain">
            {of.logs.map(([place, digest]) => (
              <li key={digest}>
                {place} <code title={digest}>{digest?.slice(0, LONGEST_DIGEST)}</code>
              </li>
            ))}
          </ul>
        </dd>
      </dl>
      <p class="small soft">{t("cell.end")}</p>
    </section>
  );
}

function keyText(name: string, value: string): string {
  if (name === "metric") return metricTitle(value);
  return value === "(none)" ? t("flows.nobody") : called(value);
}
