// The largest flows between products, as bars with their intervals.
import { useApi } from "../api";
import { linkTo } from "../location";
import type { Answers, PanelFlows } from "../types";
import { named, t } from "../words";
import { flowColumns, sizeOf } from "./flow";
import { Table } from "./page";
import { useSight } from "./sight";

/** Flows of a panel that are shown; the page of flows has all. */
const MOST = 5;

export function MigrationStrip({ asOf }: { asOf: string | null }) {
  const [place, isSeen] = useSight();
  const { answer, problem } = useApi<Answers["flows"]>(isSeen ? "/flows" : null, {
    as_of: asOf,
  });
  const panels = answer?.data.panels ?? [];
  return (
    <section ref={place}>
      <h2>{t("flows.largest")}</h2>
      {isSeen && !answer && <p class="soft">{problem ? problem.message : t("app.loading")}</p>}
      {answer && panels.length === 0 && <p>{t("flows.cannot_tell")}</p>}
      {panels.map((panel) => (
        <Strip key={panel.feed} of={panel} />
      ))}
      <p>
        <a href={linkTo("/flows")}>{t("flows.all")}</a>
      </p>
    </section>
  );
}

function Strip({ of }: { of: PanelFlows }) {
  // Who comes from nowhere or leaves for nowhere has not migrated.
  const between = of.flows
    .filter((flow) => flow.source && flow.target && flow.measure.value !== null)
    .sort((a, b) => sizeOf(b) - sizeOf(a))
    .slice(0, MOST);
  const most = Math.max(...between.map((flow) => flow.measure.upper ?? sizeOf(flow)), 1);
  return (
    <>
      <h3>
        {of.title} {of.is_simulated && <span class="tag">{t("flows.simulated")}</span>}
      </h3>
      <p class="small soft">
        {t("flows.month", { day: of.month })} · {named("unit", of.unit)}
        {of.n_hidden > 0 && ` · ${t("flows.hidden", { n: of.n_hidden })}`} ·{" "}
        <a href={linkTo("/feeds", { feed: of.feed })}>{t("flows.feed")}</a>
      </p>
      {between.length === 0 ? (
        <p>{t("flows.none_between")}</p>
      ) : (
        <Table
          caption={of.title}
          rows={between}
          keyOf={(flow) => `${flow.source} > ${flow.target}`}
          columns={flowColumns(most)}
        />
      )}
    </>
  );
}
