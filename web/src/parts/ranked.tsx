// Findings in rows: what changed, how large, why, and how such findings did.
import { segmentTitle, useMarket } from "../market";
import type { Finding } from "../types";
import { called, named, t } from "../words";
import { Dated } from "./dated";
import { Claimed } from "./figure";
import { Table } from "./page";
import { trackShort } from "./track";

/** How large a change is, which leads to what it rests on. */
export function SizeButton({ of }: { of: Finding }) {
  return (
    <Claimed id={of.finding_id} what={called(of.name)}>
      <Dated text={of.size || of.when || t("radar.trail")} />
    </Claimed>
  );
}

/** Findings as a table, in the order they came in. */
export function Ranked({ findings }: { findings: Finding[] }) {
  const market = useMarket();
  return (
    <Table
      rows={findings}
      keyOf={(finding) => finding.finding_id}
      columns={[
        {
          name: t("radar.what"),
          cell: (finding) => (
            <>
              <Dated text={finding.text} />
              <span class="small soft"> {segmentTitle(market, finding.segment)}</span>
            </>
          ),
        },
        { name: t("radar.size"), isLong: true, cell: (finding) => <SizeButton of={finding} /> },
        {
          name: t("radar.cause"),
          cell: (finding) => (
            <span class={`tag ${finding.cause}`} title={finding.cause_reason}>
              {named("cause", finding.cause)}
            </span>
          ),
        },
        { name: t("radar.record"), isLong: true, cell: (finding) => trackShort(finding.record) },
      ]}
    />
  );
}
