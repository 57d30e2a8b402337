// A flow of users between products, as panels count it.
import { linkTo } from "../location";
import type { Flow } from "../types";
import { t } from "../words";

export function FlowSide({ id, name }: { id: string; name: string }) {
  if (!id) return <span class="soft">{t("flows.nobody")}</span>;
  return <a href={linkTo("/entity", { id })}>{name}</a>;
}

export const sizeOf = (flow: Flow): number => flow.measure.value ?? 0;
