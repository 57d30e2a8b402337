// Decisions with what came of them, as their page and briefs show them.
import { useState } from "preact/hooks";
import { type Answer, Problem, post } from "../api";
import { go, linkTo } from "../location";
import { segmentTitle, useMarket } from "../market";
import { dayOf } from "../numbers";
import type { Answers, Decided } from "../types";
import { named, t } from "../words";
import { Claimed } from "./figure";
import { Table } from "./page";

const LOOKS: Record<string, string> = { met: "market", "not met": "measurement", due: "late" };

interface Props {
  of: Decided[];
  recorded?: string | null;
  /** Whether a decision can be taken back here. */
  canWithdraw?: boolean;
}

export function DecisionsTable({ of, recorded, canWithdraw = false }: Props) {
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
          cell: ({ standing, decision, decision_id }) => (
            <>
              <span class={`tag ${LOOKS[standing] ?? ""}`}>{named("standing", standing)}</span>
              {decision.withdrawal && (
                <div class="small soft">
                  {t("decide.withdrawn_by", {
                    by: decision.withdrawal.by,
                    day: dayOf(decision.withdrawal.recorded_at),
                  })}
                  {decision.withdrawal.note && `: ${decision.withdrawal.note}`}
                </div>
              )}
              {canWithdraw && !decision.withdrawal && (
                <Withdraw id={decision_id} what={decision.what} />
              )}
            </>
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

/** Takes a decision back with a row of its own, after a second look. */
function Withdraw({ id, what }: { id: string; what: string }) {
  const [isBusy, setBusy] = useState(false);
  const [why, setWhy] = useState("");
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setWhy("");
    try {
      const { data } = await post<Answer<Answers["decide"]>>("/decisions", {
        withdraw: id,
        by: String(given.get("by")).trim(),
        note: String(given.get("note")).trim(),
      });
      go(linkTo("/decisions", { as_of: data.day, withdrawn: data.decision_id }));
      scrollTo(0, 0);
    } catch (error) {
      setWhy(error instanceof Problem ? error.detail || error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <details>
      <summary aria-label={`${t("decide.withdraw")}: ${what}`}>{t("decide.withdraw")} …</summary>
      <form class="form" onSubmit={onSubmit}>
        <p class="small soft">{t("decide.withdraw_note")}</p>
        <label>
          {t("decide.note")}
          <input type="text" name="note" maxLength={2000} />
        </label>
        <RoleField />
        <button type="submit" class="button" disabled={isBusy}>
          {t("decide.withdraw")}
        </button>
      </form>
      {why && (
        <p class="warn small" role="alert">
          {t("review.failed", { why })}
        </p>
      )}
    </details>
  );
}

/** Who decides, by role: the one given last in this browser. */
export function RoleField() {
  return (
    <label>
      {t("decide.by")}
      <input
        type="text"
        name="by"
        defaultValue={localStorage.getItem("by") || "analyst"}
        maxLength={100}
        required
      />
    </label>
  );
}
