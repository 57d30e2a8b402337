// Which product of a segment has which feature, and what ours lack.
import { useApi } from "../api";
import { Gaps, InARow, Matrix } from "../parts/features";
import { Answered } from "../parts/page";
import { SegmentChoice, useSegment } from "../parts/segment_choice";
import type { Answers } from "../types";
import { t } from "../words";

export default function Features({ query }: { query: URLSearchParams }) {
  const segment = useSegment(query.get("segment"));
  const page = useApi<Answers["features"]>(segment ? "/features" : null, {
    as_of: query.get("as_of"),
    target: segment,
  });
  return (
    <>
      <h1>{t("nav.features")}</h1>
      <p class="soft">{t("features.lead")}</p>
      <SegmentChoice chosen={segment} />
      <Answered of={page}>
        {(data) => (
          <>
            <h2>{t("feature.heading")}</h2>
            <Matrix of={data} />
            <h2>{t("feature.gaps")}</h2>
            <Gaps of={data} />
            <InARow of={data} />
          </>
        )}
      </Answered>
    </>
  );
}
