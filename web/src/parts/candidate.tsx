// A candidate of a ranked list: its odds, and what became of past odds like them.
import { linkTo } from "../location";
import { percentText } from "../numbers";
import type { Candidate, Finding } from "../types";
import { t } from "../words";
import { Claimed } from "./figure";
import { Shares } from "./shares";
import { rateInterval } from "./track";

/** An interval that leaves out less than a quarter of all that a probability can be. */
const NEARLY_ALL = 0.75;

export const isNearlyEmpty = ({ lower, upper }: Finding): boolean =>
  lower !== null && upper !== null && upper - lower > NEARLY_ALL;

export function CandidateName({ of }: { of: Candidate }) {
  return <a href={linkTo("/entity", { id: of.entity })}>{of.name}</a>;
}

/** The probability that the model gives, with its interval; a click opens the evidence. */
export function Chance({ of }: { of: Candidate }) {
  return (
    <>
      <Claimed id={of.finding_id} what={of.name}>
        <b>{percentText(of.probability ?? 0)}</b> <span class="ends">({rateInterval(of)})</span>
      </Claimed>
      {isNearlyEmpty(of) && <span class="tag">{t("hits.nearly_empty")}</span>}
    </>
  );
}

/** What speaks for a candidate and what against, apart. */
export function Leads({ of }: { of: Candidate["reasons"] }) {
  return (
    <>
      {(["for", "against"] as const).map((side) => {
        const told = of.filter((one) => one.speaks === side);
        return (
          told.length > 0 && (
            <div key={side} class="small">
              <b>{t(`hits.${side}`)}</b>
              <ul>
                {told.map((one) => (
                  <li key={one.text}>{one.text}</li>
                ))}
              </ul>
            </div>
          )
        );
      })}
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
