// Whether the figures of a deal add up, and what follows for one where only others are stated.
import { intervalText, numberText } from "../numbers";
import type { Estimate, IdentityCheck } from "../types";
import { joined, metricTitle, named, periodText, sentence, t } from "../words";
import { EstimateFigure, openTrail } from "./figure";

function checkText(of: IdentityCheck): string {
  const [unit, money] = of.identity === "stake" ? ["percent", ""] : ["currency", of.currency];
  const ends = ([lower, upper]: IdentityCheck["computed"]) =>
    lower === upper
      ? numberText(lower, unit, money)
      : intervalText({ value: null, lower, upper }, unit, money);
  return t("check.text", {
    period: periodText(of.period),
    identity: named("identity", of.identity),
    computed: ends(of.computed),
    stated: ends(of.stated),
  });
}

export function Checks({ of }: { of: IdentityCheck[] }) {
  return (
    <section>
      <h3>{t("check.heading")}</h3>
      <ul>
        {of.map((one) => (
          <li key={one.claim_ids.join(" ")}>
            <span class={one.agrees ? "tag market" : "tag contested"}>
              {t(one.agrees ? "check.fits" : "check.fails")}
            </span>{" "}
            <button
              type="button"
              class="figure"
              aria-haspopup="dialog"
              onClick={() => openTrail(one.claim_ids[0] ?? "")}
            >
              {checkText(one)}
            </button>{" "}
            <span class="soft small">
              {joined(
                [
                  one.is_planned ? t("check.planned") : "",
                  one.counterparty ? t("check.with", { name: one.counterparty }) : "",
                ].filter(Boolean),
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Implied({ of }: { of: Estimate[] }) {
  return (
    <section>
      <h3>{t("entity.implied")}</h3>
      <ul>
        {of.map((e) => (
          <li key={e.estimate_id}>
            {metricTitle(e.metric)}, {periodText(e.period)}: <EstimateFigure of={e} />{" "}
            <span class="soft small">{sentence(e.note)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
