// A candidate of a ranked list: its odds, and what became of past odds like them.
import { linkTo } from "../location";
import { percentText } from "../numbers";
import type { Candidate, Finding } from "../types";
import { called, t } from "../words";
import { Claimed } from "./figure";
import { Shares } from "./shares";
import { rateInterval } from "./track";

/** An interval that leaves out less than a quarter of all that a probability can be. */
const NEARLY_ALL = 0.75;

export const isNearlyEmpty = ({ lower, upper }: Finding): boolean =>
  lower !== null && upper !== null && upper - lower > NEARLY_ALL;

export function CandidateName({ of }: { of: Candidate }) {
  return <a href={linkTo("/entity", { id: of.entity })}>{called(of.name)}</a>;
}

/** The probability that the model gives, with its interval; a click opens the evidence. */
export function Chance({ of }: { of: Candidate }) {
  return (
    <>
      <Claimed id={of.finding_id} what={called(of.name)}>
        <b>{percentText(of.probability ?? 0)}</b>
        <span class="ends">{t("app.bracketed", { before: "", text: rateInterval(of) })}</span>
      </Claimed>
      {isNearlyEmpty(of) && (
        <>
          {" "}
          <span class="tag">{t("hits.nearly_empty")}</span>
        </>
      )}
    </>
  );
}

export const SIDES = ["for", "against"] as const;
export type Side = (typeof SIDES)[number];

/** What speaks for a candidate, or against. */
export const leadsOf = ({ reasons }: Candidate, side: Side): string[] =>
  reasons.filter((one) => one.speaks === side).map((one) => one.text);

/** Both apart, one below the other. */
export function Leads({ of }: { of: Candidate }) {
  return (
    <>
      {SIDES.filter((side) => leadsOf(of, side).length > 0).map((side) => (
        <div key={side} class="small">
          <b>{t(`hits.${side}`)}</b>
          <ul>
            {leadsOf(of, side).map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

export function DrawnChance({ of }: { of: Candidate }) {
  const { rate, lower, upper } = of.odds.record ?? { rate: null, lower: null, upper: null };
  return (
    <Shares
      of={{ value: of.probability, lower: of.lower, upper: of.upper }}
      against={{ value: rate, lower, upper }}
    />
  );
}
