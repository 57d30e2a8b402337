// What was decided, what came of it, and a form to record one.
import { useEffect, useRef } from "preact/hooks";
import { useApi } from "../api";
import { linkHere } from "../location";
import { useMarket } from "../market";
import { DecisionsTable } from "../parts/decisions";
import { Answered } from "../parts/page";
import type { Answers } from "../types";
import { lang, t } from "../words";
import { DecisionForm } from "./decisions_form";

export default function Decisions({ query }: { query: URLSearchParams }) {
  const asOf = query.get("as_of");
  const recorded = query.get("recorded");
  const withdrawn = query.get("withdrawn");
  const market = useMarket();
  const page = useApi<Answers["decisions"]>("/decisions", { as_of: asOf, lang: lang() });
  // What was just written may be of the date that is shown already.
  const { again } = page;
  // What is recorded and then withdrawn is the same decision.
  const written = `${recorded} ${withdrawn}`;
  const latest = useRef(written);
  useEffect(() => {
    if (latest.current !== written) again();
    latest.current = written;
  }, [written, again]);
  const shown = page.answer?.meta.as_of ?? asOf ?? market?.default_as_of ?? "";
  return (
    <>
      <h1>{t("nav.decisions")}</h1>
      <p class="soft">{t("decide.lead")}</p>
      {(recorded || withdrawn) && shown === asOf && (
        <div class="notice" role="status">
          <p>{t(withdrawn ? "decide.withdrawn" : "decide.recorded", { day: shown })}</p>
          {market && (
            <p>
              <a href={linkHere({ as_of: null, recorded: null, withdrawn: null })}>
                {t("decide.back", { day: market.default_as_of })}
              </a>
            </p>
          )}
        </div>
      )}
      <Answered of={page}>
        {(data) => (
          <>
            {data.decisions.length === 0 && <p>{t("decide.none", { day: shown })}</p>}
            {data.n_later > 0 && (
              <p>
                {t("decide.later", { n: data.n_later, day: shown })}{" "}
                <a href={linkHere({ as_of: data.last_later, recorded: null })}>
                  {t("decide.see", { day: data.last_later ?? "" })}
                </a>
              </p>
            )}
            {data.decisions.length > 0 && (
              <DecisionsTable of={data.decisions} recorded={recorded} canWithdraw />
            )}
            <h2 id="record">{t("decide.record")}</h2>
            <DecisionForm about={query.get("about") ?? ""} asOf={asOf} />
          </>
        )}
      </Answered>
    </>
  );
}
