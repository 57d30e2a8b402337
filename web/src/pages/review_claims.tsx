// Claims that are held to be wrong, to be kept or dropped.
import { fetchAnswer, forget, post, useApi } from "../api";
import { linkHere, linkTo } from "../location";
import { intervalText } from "../numbers";
import { doubtText, Markings, openTrail, saidText } from "../parts/figure";
import { Answered } from "../parts/page";
import { Queue } from "../parts/queue";
import type { Answers, Estimate, SuspectClaim } from "../types";
import { called, metricTitle, periodText, t } from "../words";
import { type Said, today, Waits } from "./review_common";

/** The estimate of a claim's period as it stands now; null where there is none. */
async function estimateOf({ entity, statement: s }: SuspectClaim, asOf: string) {
  const path = `/entities/${encodeURIComponent(entity)}/series`;
  const { metric, definition, currency, unit } = s;
  const query = { metric, definition, unit: currency || unit, as_of: asOf };
  try {
    const { data } = await fetchAnswer<Answers["series"]>(path, query);
    return data.series.estimates.find((e) => e.period === s.period) ?? null;
  } catch {
    return null;
  }
}

function Moved({ before, after }: { before: Estimate | null; after: Estimate | null }) {
  const text = (e: Estimate | null) => (e ? intervalText(e, e.unit, e.currency) : t("app.none"));
  return (
    <span data-moved>
      {t("review.before_after")}: {text(before)} →{" "}
      {after ? (
        <a href={linkHere({ trail: after.estimate_id, as_of: today() })}>{text(after)}</a>
      ) : (
        text(after)
      )}
    </span>
  );
}

export function Claims({ asOf, by }: { asOf: string | null } & Said) {
  const page = useApi<Answers["review_claims"]>("/review/claims", {
    as_of: asOf,
  });
  const judge = async (one: SuspectClaim, verdict: string) => {
    // A verdict is known from today on, whatever day is looked at.
    const before = await estimateOf(one, today());
    const what = one.group ? { group: one.group } : { claim: one.statement.claim_id };
    await post("/review/claims/judgements", { ...what, verdict, by });
    forget();
    const after = await estimateOf(one, today());
    return (
      <>
        {t("review.done", { what: t(`review.${verdict}`) })} <Moved before={before} after={after} />
      </>
    );
  };
  return (
    <Answered of={page}>
      {(data) => (
        <>
          <Waits n={data.n_entries} />
          <Queue
            items={data.suspects}
            keyOf={(one) => one.group || one.statement.claim_id}
            choices={["keep", "drop"].map((name) => ({ name, text: t(`review.${name}`) }))}
            judge={judge}
          >
            {(one) => <SuspectText of={one} />}
          </Queue>
        </>
      )}
    </Answered>
  );
}

function SuspectText({ of }: { of: SuspectClaim }) {
  const s = of.statement;
  const level = { value: of.level, lower: of.lower, upper: of.upper };
  return (
    <>
      <p>
        <a href={linkTo("/entity", { id: of.entity })}>
          <strong>{called(of.name)}</strong>
        </a>
        {`, ${metricTitle(s.metric)}, `}
        {of.n_claims > 1
          ? t("app.span", { first: of.first_period, last: of.last_period })
          : periodText(s.period)}{" "}
        {of.is_followed && <span class="tag">{t("review.followed")}</span>}
      </p>
      <dl class="pairs">
        <dt>{`${s.source} ${t("review.says")}`}</dt>
        <dd>
          <button type="button" class="figure" onClick={() => openTrail(s.claim_id)}>
            <b>{saidText(s)}</b>
          </button>{" "}
          <Markings of={s} /> <span class="warn">{doubtText(s)}</span>
          {of.n_claims > 1 &&
            ` · ${t("review.group", { n: of.n_claims, name: of.original || s.source })}`}
        </dd>
        <dt>{t("review.without")}</dt>
        <dd>
          {level.value === null && level.lower === null && level.upper === null
            ? t("app.none")
            : intervalText(level, s.unit, s.currency)}
        </dd>
      </dl>
    </>
  );
}
