// A flow of users between products, as panels count it.
import { linkTo } from "../location";
import type { Flow } from "../types";
import { called, t } from "../words";
import { Measured } from "./measured";
import { DrawnInterval } from "./spark";

function FlowSide({ id, name }: { id: string; name: string }) {
  if (!id) return <span class="soft">{t("flows.nobody")}</span>;
  return <a href={linkTo("/entity", { id })}>{called(name)}</a>;
}

const flowText = (flow: Flow): string =>
  [flow.source_name, flow.target_name]
    .map((name) => (name ? called(name) : t("flows.nobody")))
    .join(" → ");

export const sizeOf = (flow: Flow): number => flow.measure.value ?? 0;

/** Who, to whom and how many, drawn against the largest of a table. */
export const flowColumns = (most: number) => [
  {
    name: t("flows.from"),
    cell: (flow: Flow) => <FlowSide id={flow.source} name={flow.source_name} />,
  },
  {
    name: t("flows.to"),
    cell: (flow: Flow) => <FlowSide id={flow.target} name={flow.target_name} />,
  },
  {
    name: t("flows.users"),
    cell: (flow: Flow) => <Measured of={flow.measure} what={flowText(flow)} />,
  },
  {
    name: t("league.drawn"),
    isLong: true,
    cell: (flow: Flow) => <DrawnInterval of={flow.measure} at={(value) => value / most} />,
  },
];
