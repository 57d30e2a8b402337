// Decisions with what came of them, as their page and briefs show them.
import { segmentTitle, useMarket } from "../market";
import type { Decided } from "../types";
import { named, t } from "../words";
import { Claimed } from "./figure";
import { Table } from "./page";

const LOOKS: Record<string, string> = { met: "market", "not met": "measurement", due: "late" };

export function DecisionsTable({ of, recorded }: { of: Decided[]; recorded?: string | null }) {
  const market = useMarket();
  return (
    <Table
      rows={of}
      keyOf={(one) => one.decision_id}
      columns={[
        {
          name: t("decision.what"),
          isLong: true,
          cell: ({ decision, decision_id }) => (
            <>
              {decision.what}
              {decision.note && <div class="small soft">{decision.note}</div>}
              <div class="small soft">
                <code>{decision_id.slice(0, 11)}</code>
                {decision_id === recorded && <span class="tag market">{t("decide.new")}</span>}
              </div>
            </>
          ),
        },
        {
          name: t("decision.standing"),
          cell: ({ standing }) => (
            <span class={`tag ${LOOKS[standing] ?? ""}`}>{named("standing", standing)}</span>
          ),
        },
        {
          name: t("decision.about"),
          cell: ({ decision: d }) =>
            d.kind === "direction" ? (
              segmentTitle(market, d.segment)
            ) : (
              <Claimed id={d.about} what={t("decide.finding")}>
                {t("decide.finding")}
              </Claimed>
            ),
        },
        { name: t("decision.owner"), cell: ({ decision }) => decision.owner },
        {
          name: t("decision.decided"),
          cell: ({ day, decision: d }) => (
            <>
              {day}
              <div class="small soft">
                {t("decide.known", { by: d.decided_by, day: d.known_by })}
              </div>
            </>
          ),
        },
        {
          name: t("decision.expected"),
          isLong: true,
          cell: ({ expected_text, decision }) => (
            <>
              {expected_text}
              {decision.expected.definition && (
                <div class="small soft">{decision.expected.definition}</div>
              )}
            </>
          ),
        },
        { name: t("decision.review"), cell: ({ decision }) => decision.review },
        {
          name: t("decision.outcome"),
          isLong: true,
          cell: ({ reading_text, unread_text, outcome }) => {
            const claim = outcome.estimate?.claim_ids[0];
            return (
              <>
                {claim ? (
                  <Claimed id={claim} what={t("decision.outcome")}>
                    {reading_text}
                  </Claimed>
                ) : (
                  reading_text
                )}
                {unread_text && <div class="small soft">{unread_text}</div>}
              </>
            );
          },
        },
      ]}
    />
  );
}
