// What waits for a person: pairs of names, doubtful claims, sentences.
import { useRef, useState } from "preact/hooks";
import { fetchAnswer, forget, post, useApi } from "../api";
import { linkHere, linkTo } from "../location";
import { useMarket } from "../market";
import { countText, endsText, intervalText, numberText, percentText } from "../numbers";
import { doubtText, openTrail, saidText } from "../parts/figure";
import { Answered } from "../parts/page";
import { Quote } from "../parts/passage";
import { Queue, type Saving } from "../parts/queue";
import type { Estimate, Passage, Series, Statement } from "../types";
import { metricTitle, named, periodText, t } from "../words";

const QUEUES = ["pairs", "claims", "passages"] as const;
type Name = (typeof QUEUES)[number];

const today = (): string => new Date().toISOString().slice(0, 10);

interface Said {
  by: string;
}

export default function Review({ query }: { query: URLSearchParams }) {
  const asked = query.get("queue");
  const queue = QUEUES.find((one) => one === asked) ?? "pairs";
  const asOf = query.get("as_of");
  const market = useMarket();
  const shown = asOf ?? market?.default_as_of;
  const [by, setBy] = useState(localStorage.getItem("by") ?? "analyst");
  return (
    <>
      <h1>{t("review.title")}</h1>
      <nav class="tabs" aria-label={t("review.title")}>
        {QUEUES.map((name) => (
          <a
            key={name}
            href={linkHere({ queue: name === "pairs" ? null : name })}
            aria-current={name === queue ? "page" : undefined}
          >
            {t(`review.${name}`)}
          </a>
        ))}
      </nav>
      <div class="row">
        <p class="soft">{t(`review.${queue}_lead`)}</p>
        <label class="field">
          <span>{t("review.by")}</span>
          <input
            type="text"
            value={by}
            onInput={(event) => {
              setBy(event.currentTarget.value);
              localStorage.setItem("by", event.currentTarget.value);
            }}
          />
        </label>
      </div>
      <p class="small soft">
        {t("review.keys")} {shown && shown < today() && t("review.from_today", { day: shown })}
      </p>
      <Waiting name={queue} asOf={asOf} by={by || "analyst"} />
    </>
  );
}

function Waiting({ name, asOf, by }: { name: Name; asOf: string | null } & Said) {
  if (name === "pairs") return <Pairs by={by} />;
  if (name === "claims") return <Claims asOf={asOf} by={by} />;
  return <Passages asOf={asOf} by={by} />;
}

function Waits({ n }: { n: number }) {
  return <p>{n === 0 ? t("review.none") : t("review.n_waiting", { n })}</p>;
}

interface Pair {
  left: string;
  right: string;
  score: { match_probability: number; match_weight: number; reasons: string[] };
  is_followed: boolean;
}

/** A reason as the matcher gives it, "equal_name +10.0: qwen", in words. */
function reasonText(reason: string): string {
  const [, name, rest] = /^(\w+) (.*)$/.exec(reason) ?? [];
  return name ? `${named("pair", name)} ${rest}` : reason;
}

function Pairs({ by }: Said) {
  const page = useApi<{ pairs: Pair[]; n_pairs: number }>("/review/pairs");
  return (
    <Answered of={page}>
      {(data) => (
        <>
          <Waits n={data.n_pairs} />
          <Queue
            items={data.pairs}
            keyOf={(pair) => `${pair.left} ${pair.right}`}
            choices={["same", "different", "unsure"].map((one) => ({
              name: one,
              text: t(`review.${one}`),
            }))}
            judge={async ({ left, right }, judgement) => {
              await post("/review/pairs/judgements", { left, right, judgement, by });
              return t("review.done", { what: t(`review.${judgement}`) });
            }}
          >
            {(pair) => (
              <>
                <p>
                  <strong>
                    <a href={linkTo("/entity", { id: pair.left })}>{pair.left}</a>
                    {" ≟ "}
                    <a href={linkTo("/entity", { id: pair.right })}>{pair.right}</a>
                  </strong>{" "}
                  <span class="soft">
                    {t("review.probability", {
                      share: percentText(pair.score.match_probability, 1),
                    })}
                  </span>{" "}
                  {pair.is_followed && <span class="tag">{t("review.followed")}</span>}
                </p>
                <ul class="small soft">
                  {pair.score.reasons.map((reason) => (
                    <li key={reason}>{reasonText(reason)}</li>
                  ))}
                </ul>
              </>
            )}
          </Queue>
        </>
      )}
    </Answered>
  );
}

interface Suspect {
  entity: string;
  name: string;
  statement: Statement;
  level: number | null;
  lower: number | null;
  upper: number | null;
  is_followed: boolean;
  original: string;
  n_claims: number;
  group: string;
  first_period: string;
  last_period: string;
}

/** The estimate of a claim's period as it stands now; null where there is none. */
async function estimateOf({ entity, statement: s }: Suspect, asOf: string) {
  const path = `/entities/${encodeURIComponent(entity)}/series`;
  const { metric, definition, currency, unit } = s;
  const query = { metric, definition, unit: currency || unit, as_of: asOf };
  try {
    const { data } = await fetchAnswer<{ series: Series }>(path, query);
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

function Claims({ asOf, by }: { asOf: string | null } & Said) {
  const page = useApi<{ suspects: Suspect[]; n_entries: number }>("/review/claims", {
    as_of: asOf,
  });
  const judge = async (one: Suspect, verdict: string) => {
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

function SuspectText({ of }: { of: Suspect }) {
  const s = of.statement;
  const level = { value: of.level, lower: of.lower, upper: of.upper };
  return (
    <>
      <p>
        <a href={linkTo("/entity", { id: of.entity })}>
          <strong>{of.name}</strong>
        </a>
        {`, ${metricTitle(s.metric)}, `}
        {of.n_claims > 1
          ? t("app.span", { first: of.first_period, last: of.last_period })
          : s.period}{" "}
        {of.is_followed && <span class="tag">{t("review.followed")}</span>}
      </p>
      <dl class="pairs">
        <dt>{`${s.source} ${t("review.says")}`}</dt>
        <dd>
          <button type="button" class="figure" onClick={() => openTrail(s.claim_id)}>
            <b>{saidText(s)}</b>
          </button>{" "}
          <span class="warn">{doubtText(s)}</span>
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

interface PassagesData {
  passages: Passage[];
  n_waiting: number;
  names: { name: string; n_documents: number; quote: string }[];
}

/** The fields that a correction sets most, by the names of the API. */
const FIELDS = ["subject", "metric", "value", "unit", "period"] as const;

const FIELD_WORDS: Record<(typeof FIELDS)[number], string> = {
  subject: "entity",
  metric: "metric",
  value: "value",
  unit: "unit",
  period: "period",
};

function periodOf([first, last]: Passage["period"]): string {
  if (first && last) return first === last ? first : `${first}..${last}`;
  return first ?? last ?? "";
}

function readAs(p: Passage): Record<(typeof FIELDS)[number], string> {
  return {
    subject: p.name,
    metric: p.metric,
    value: p.value === null ? "" : String(p.value),
    unit: p.unit,
    period: periodOf(p.period),
  };
}

function Passages({ asOf, by }: { asOf: string | null } & Said) {
  const page = useApi<PassagesData>("/review/passages", { as_of: asOf });
  const judge = async (p: Passage, judgement: string, fields: Record<string, string> = {}) => {
    const body = { passage: p.passage_id, judgement, by, fields };
    const { outcome } = await post<{ outcome: string }>("/review/passages/judgements", body);
    return `${t("review.done", { what: t(`review.${judgement}`) })} ${outcome}`;
  };
  return (
    <Answered of={page}>
      {(data) => (
        <>
          <Waits n={data.n_waiting} />
          <Queue
            items={data.passages}
            keyOf={(p) => p.passage_id}
            choices={["accept", "correct", "reject"].map((name) => ({
              name,
              text: t(`review.${name}`),
            }))}
            judge={judge}
            form={{
              choice: "correct",
              of: (p, save, cancel) => (
                <Correction
                  of={p}
                  save={save}
                  cancel={cancel}
                  judge={(fields) => judge(p, "correct", fields)}
                />
              ),
            }}
          >
            {(p) => <PassageText of={p} />}
          </Queue>
          {data.names.length > 0 && (
            <>
              <h2>{t("review.names")}</h2>
              <ul>
                {data.names.map((one) => (
                  <li key={one.name}>
                    <strong>{one.name}</strong>{" "}
                    <span class="soft">{countText(one.n_documents)}</span>
                    <div class="small soft">{one.quote}</div>
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </Answered>
  );
}

function PassageText({ of }: { of: Passage }) {
  const said = endsText({ value: null, lower: of.low, upper: of.high }, of.unit, of.currency);
  const number = of.value === null ? said : numberText(of.value, of.unit, of.currency);
  return (
    <>
      <Quote of={of} />
      <p>
        <span class="soft">{t("review.read_as")}</span> <strong>{of.name}</strong>
        {`, ${metricTitle(of.metric)}: `}
        <strong>{of.kind === "metric" ? number : of.object}</strong>
        {`, ${periodText(periodOf(of.period))}`}
      </p>
    </>
  );
}

interface CorrectionProps {
  of: Passage;
  save: Saving;
  cancel: () => void;
  judge: (fields: Record<string, string>) => Promise<string>;
}

/** What is right instead; only what was changed is sent. */
function Correction({ of, save, cancel, judge }: CorrectionProps) {
  const form = useRef<HTMLFormElement>(null);
  const read = readAs(of);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (!form.current) return;
    const entries = [...new FormData(form.current)].map(([name, value]) => [name, String(value)]);
    const changed = entries.filter(([name, value]) => read[name as keyof typeof read] !== value);
    save(() => judge(Object.fromEntries(changed)));
  };
  return (
    <form ref={form} onSubmit={onSubmit}>
      <div class="form">
        {FIELDS.map((name) => (
          <label key={name}>
            {t(`review.${FIELD_WORDS[name]}`)}
            <input type="text" name={name} defaultValue={read[name]} />
          </label>
        ))}
      </div>
      <div class="row">
        <button type="submit" class="button first">
          {t("review.save")}
        </button>
        <button type="button" class="button" onClick={cancel}>
          {t("review.cancel")}
        </button>
      </div>
    </form>
  );
}
