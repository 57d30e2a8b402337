// Who takes users from whom, as panels count it.
import { useApi } from "../api";
import { percentText } from "../numbers";
import { flowColumns, sizeOf } from "../parts/flow";
import { Answered, Table } from "../parts/page";
import type { Answers, PanelFlows } from "../types";
import { named, t } from "../words";

export default function Flows({ query }: { query: URLSearchParams }) {
  const page = useApi<Answers["flows"]>("/flows", { as_of: query.get("as_of") });
  return (
    <>
      <h1>{t("flows.title")}</h1>
      <p class="soft">{t("flows.lead")}</p>
      <Answered of={page}>
        {(data) =>
          data.panels.length === 0 ? (
            <p>{t("flows.none")}</p>
          ) : (
            data.panels.map((panel) => <Panel key={panel.feed} of={panel} />)
          )
        }
      </Answered>
    </>
  );
}

function Panel({ of }: { of: PanelFlows }) {
  const flows = [...of.flows].sort((a, b) => sizeOf(b) - sizeOf(a));
  const most = Math.max(...flows.map((flow) => flow.measure.upper ?? sizeOf(flow)), 1);
  return (
    <section>
      <h2>{of.title}</h2>
      {of.is_simulated && <p class="notice">{t("audience.simulated")}</p>}
      <p class="small soft">
        {t("flows.month", { day: of.month })} · {named("unit", of.unit)} ·{" "}
        {t("app.interval_at", { prob: percentText(of.prob) })}
        {of.n_hidden > 0 && ` · ${t("flows.hidden", { n: of.n_hidden })}`}
      </p>
      <Table
        rows={flows}
        keyOf={(flow) => `${flow.source} > ${flow.target}`}
        columns={[
          ...flowColumns(most),
          {
            name: t("audience.n"),
            isNumber: true,
            cell: (flow) => flow.measure.n_raw ?? "",
          },
        ]}
      />
    </section>
  );
}
