// What each claim contributed to an estimate.
import { useState } from "preact/hooks";
import { useApi } from "../api";
import { numberText, percentText } from "../numbers";
import type { Answers, Explained, ExplainedClaim } from "../types";
import { joined, periodText, t } from "../words";
import { doubtText, saidText } from "./figure";
import { Table } from "./page";

const MOST_CLAIMS = 12;

/** Asked for only once it is opened: taking an estimate apart costs a fit. */
export function Explanation({ id, asOf }: { id: string; asOf: string | null }) {
  const [isOpen, setIsOpen] = useState(false);
  const path = isOpen ? `/explain/${encodeURIComponent(id)}` : null;
  const page = useApi<Answers["explain"]>(path, { as_of: asOf });
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{t("trail.explain")}</summary>
      {page.problem && <p class="warn small">{page.problem.message}</p>}
      {isOpen && !page.answer && !page.problem && <p class="soft">{t("app.loading")}</p>}
      {page.answer && <Weights of={page.answer.data} />}
    </details>
  );
}

function removedText(one: ExplainedClaim, measure: Explained["measure"]): string {
  if (one.removed === null) return "";
  return measure === "amount" ? numberText(one.removed) : `×${one.removed.toPrecision(3)}`;
}

function Weights({ of }: { of: Explained }) {
  const claims = [...of.claims].sort((a, b) => b.weight - a.weight).slice(0, MOST_CLAIMS);
  return (
    <>
      <Table
        rows={claims}
        keyOf={(one) => one.statement.claim_id}
        columns={[
          {
            name: t("entity.source"),
            cell: (one) => joined([one.statement.source, periodText(one.statement.period)]),
          },
          { name: t("entity.reading"), cell: (one) => saidText(one.statement) },
          {
            name: t("trail.weight"),
            isNumber: true,
            cell: (one) => (one.reason ? doubtText(one) : percentText(one.weight, 1)),
          },
          { name: t("trail.removed"), isNumber: true, cell: (one) => removedText(one, of.measure) },
          {
            name: t("trail.residual"),
            isNumber: true,
            cell: (one) => (one.residual_sds === null ? "" : one.residual_sds.toFixed(2)),
          },
        ]}
      />
      {of.prior_weight !== null && (
        <p class="small soft">{t("trail.prior", { share: percentText(of.prior_weight, 1) })}</p>
      )}
    </>
  );
}
