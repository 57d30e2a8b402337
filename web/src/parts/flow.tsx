// A flow of users between products, as panels count it.
import { linkTo } from "../location";
import type { Measure } from "../types";
import { t } from "../words";

export interface Flow {
  source: string;
  source_name: string;
  target: string;
  target_name: string;
  measure: Measure;
}

export interface PanelFlows {
  feed: string;
  title: string;
  is_simulated: boolean;
  unit: string;
  month: string;
  prob: number;
  flows: Flow[];
  n_hidden: number;
}

export function FlowSide({ id, name }: { id: string; name: string }) {
  if (!id) return <span class="soft">{t("flows.nobody")}</span>;
  return <a href={linkTo("/entity", { id })}>{name}</a>;
}

export const sizeOf = (flow: Flow): number => flow.measure.value ?? 0;
