// Everything that was found on a date, best first, page by page.
import { useApi } from "../api";
import { go, linkHere, linkTo } from "../location";
import { titleOf, useMarket } from "../market";
import { countText } from "../numbers";
import { Answered } from "../parts/page";
import { Ranked } from "../parts/ranked";
import type { Answers } from "../types";
import { lang, named, t } from "../words";

export default function Findings({ query }: { query: URLSearchParams }) {
  const market = useMarket();
  const [segment, kind] = [query.get("segment"), query.get("kind")];
  const page = useApi<Answers["findings"]>("/findings", {
    as_of: query.get("as_of"),
    lang: lang(),
    segment,
    kind,
    cursor: query.get("cursor"),
  });
  const kinds = Object.entries(page.answer?.data.kinds ?? {});
  const segments = (market?.segments ?? []).filter((one) => !one.is_simulated);
  return (
    <>
      <h1>{t("radar.all")}</h1>
      <p class="soft">
        {t("findings.lead")} <a href={linkTo("/")}>{t("findings.to_chosen")}</a>
      </p>
      <div class="row">
        <label class="field">
          <span>{t("league.segment")}</span>
          <select
            value={segment ?? ""}
            onChange={(event) =>
              // Another segment need have nothing of the kind.
              go(linkHere({ segment: event.currentTarget.value, kind: null, cursor: null }))
            }
          >
            <option value="">{t("league.everyone")}</option>
            {segments.map((one) => (
              <option key={one.id} value={one.id}>
                {titleOf(one)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t("findings.kind")}</span>
          <select
            value={kind ?? ""}
            onChange={(event) => go(linkHere({ kind: event.currentTarget.value, cursor: null }))}
          >
            <option value="">{t("findings.every_kind")}</option>
            {kinds.map(([one, n]) => (
              <option key={one} value={one}>
                {named("kind", one)} ({countText(n)})
              </option>
            ))}
          </select>
        </label>
      </div>
      <Answered of={page}>
        {(data, meta) => (
          <>
            {data.findings.length === 0 ? (
              <p>{t("radar.nothing")}</p>
            ) : (
              <>
                <p class="small soft" role="status">
                  {t("findings.shown", {
                    first: data.start + 1,
                    last: data.start + data.findings.length,
                    n: data.n_matching,
                  })}
                </p>
                <Ranked findings={data.findings} />
              </>
            )}
            <p class="row">
              {data.start > 0 && <a href={linkHere({ cursor: null })}>{t("findings.first")}</a>}
              {meta.next && <a href={linkHere({ cursor: meta.next })}>{t("findings.next")}</a>}
            </p>
          </>
        )}
      </Answered>
    </>
  );
}
