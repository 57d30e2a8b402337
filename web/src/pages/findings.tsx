// Everything that was found on a date, best first, page by page.
import { useApi } from "../api";
import { go, linkHere, linkTo } from "../location";
import { countText } from "../numbers";
import { Answered } from "../parts/page";
import { Ranked } from "../parts/ranked";
import { SegmentFilter } from "../parts/segment_choice";
import type { Answers } from "../types";
import { lang, named, t } from "../words";

export default function Findings({ query }: { query: URLSearchParams }) {
  const [segment, kind] = [query.get("segment"), query.get("kind")];
  const page = useApi<Answers["findings"]>("/findings", {
    as_of: query.get("as_of"),
    lang: lang(),
    segment,
    kind,
    cursor: query.get("cursor"),
  });
  const kinds = Object.entries(page.answer?.data.kinds ?? {});
  return (
    <>
      <h1>{t("radar.all")}</h1>
      <p class="soft">
        {t("findings.lead")} <a href={linkTo("/")}>{t("findings.to_chosen")}</a>
      </p>
      <div class="row">
        <SegmentFilter chosen={segment} />
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
